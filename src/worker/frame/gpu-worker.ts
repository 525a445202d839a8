import { Failure, reason } from '../../protocol/failure.ts'
import type { ToWorker } from '../message.ts'
import { causeOf, parseToWorker } from '../message.ts'
import type { Device } from './gpu-device.ts'
import { openDevice } from './gpu-device.ts'
import { Outbox, post } from './outbox.ts'
import type { WgslKernel } from './wgsl-kernel.ts'
import { loadWgsl } from './wgsl-kernel.ts'

/** How long reports are gathered; a GPU unit is rarely shorter. */
const HOLD_MS = 4
/** Runs WGSL kernels for the page at the other end of `port`. Returns the function that gives the device back. */
export function serveGpu(port: MessagePort): () => void {
  const opening = openDevice()
  let isEnded = false
  const greet = async (): Promise<void> => {
    const hasGpu = navigator.gpu !== undefined
    const opened = await opening.catch(() => undefined)
    if (opened === undefined) return post(port, { kind: 'ready', hasGpu })
    if (isEnded) return opened.device.gpu.destroy()
    void opened.device.gpu.lost.then(({ message }) => {
      if (!isEnded) post(port, { kind: 'lost', message: message || 'the GPU device was lost' })
    })
    post(port, { kind: 'ready', hasGpu, gpu: opened.info })
    serve(port, opened.device)
  }
  void greet()
  return () => {
    isEnded = true
    port.close()
    void opening.then((opened) => opened?.device.gpu.destroy()).catch(() => undefined)
  }
}

function serve(port: MessagePort, device: Device): void {
  const kernels = new Map<number, WgslKernel>()
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
      return kernel?.close()
    }
    if (kernel === undefined) throw new Failure('malformed', `kernel ${message.kernel} is not loaded`)
    const { run, units } = message
    const outbox = new Outbox(message.isCareful ? 0 : HOLD_MS, (reports) =>
      post(port, { kind: 'results', run, reports }),
    )
    await kernel.run(units, (report) => outbox.add(report))
    outbox.flush()
  }

  async function load({ kernel, ...parts }: ToWorker & { kind: 'load' }): Promise<void> {
    try {
      kernels.set(kernel, await loadWgsl(device, parts))
      post(port, { kind: 'loaded', kernel })
    } catch (error) {
      post(port, { kind: 'refused', kernel, ...causeOf(error) })
    }
  }
}
