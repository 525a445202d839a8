import { Failure, reason } from '../../../protocol/failure.ts'
import type { Round } from '../../executor.ts'
import { firstRound } from '../../executor.ts'
import type { ToWorker } from '../../message.ts'
import { causeOf, parseToWorker } from '../../message.ts'
import { Outbox, post } from '../outbox.ts'
import { Devices } from './devices.ts'
import { openDevice } from './gpu-device.ts'
import type { WgslKernel } from './wgsl-kernel.ts'
import { loadWgsl } from './wgsl-kernel.ts'

/** Runs WGSL kernels for the page at the other end of `port`. Returns the function that gives the device back. */
export function serveGpu(port: MessagePort): () => void {
  const opening = openDevice()
  let isEnded = false
  let devices: Devices | undefined
  const greet = async (): Promise<void> => {
    const hasGpu = navigator.gpu !== undefined
    let isSilent = false
    const opened = await opening.catch((error: unknown) => {
      isSilent = error instanceof Failure && error.code === 'wedged'
      return undefined
    })
    if (opened === undefined) return post(port, { kind: 'ready', hasGpu, isSilent })
    if (isEnded) return opened.device.gpu.destroy()
    devices = new Devices(opened.device, (message) => {
      if (!isEnded) post(port, { kind: 'lost', message })
    })
    post(port, { kind: 'ready', hasGpu, isSilent, gpu: opened.info })
    serve(port, devices)
  }
  void greet()
  return () => {
    isEnded = true
    port.close()
    devices?.close()
  }
}

function serve(port: MessagePort, devices: Devices): void {
  const kernels = new Map<number, WgslKernel>()
  const rounds = new Map<number, Round>()
  let queue: Promise<unknown> = Promise.resolve()
  port.onmessage = ({ data }) => {
    const message = parseToWorker(data)
    queue = queue
      .then(() => act(message))
      .catch((error: unknown) => post(port, { kind: 'lost', message: reason(error) }))
  }

  async function act(message: ToWorker): Promise<void> {
    if (message.kind === 'load') return await load(message)
    const kernel = kernels.get(message.kernel)
    if (message.kind === 'unload') {
      kernels.delete(message.kernel)
      rounds.delete(message.kernel)
      return kernel?.close()
    }
    if (kernel === undefined) throw new Failure('malformed', `kernel ${message.kernel} is not loaded`)
    if (message.kind === 'round') {
      rounds.set(message.kernel, message)
      return
    }
    const round = rounds.get(message.kernel) ?? firstRound
    const outbox = new Outbox(message, (said) => post(port, said))
    await kernel.run(message.units, (report) => outbox.add(report), round)
    outbox.end()
  }

  async function load({ kernel, ...parts }: ToWorker & { kind: 'load' }): Promise<void> {
    try {
      kernels.set(kernel, await loadWgsl(devices, parts))
      post(port, { kind: 'loaded', kernel })
    } catch (error) {
      post(port, { kind: 'refused', kernel, ...causeOf(error) })
    }
  }
}
