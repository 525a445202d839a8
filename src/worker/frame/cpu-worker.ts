import { Failure } from '../../protocol/failure.ts'
import type { Round } from '../executor.ts'
import { firstRound } from '../executor.ts'
import type { Port, ToWorker, UnitReport } from '../message.ts'
import { causeOf, parseToWorker } from '../message.ts'
import { Outbox, post } from './outbox.ts'
import { loadWasm } from './wasm-kernel.ts'

type Loaded = { readonly runUnit: (unit: number, round: Round) => UnitReport; round: Round }

/**
 * Runs WASM kernels for the page at the other end of `port`. A unit that never returns is ended from outside. What is large goes
 * to `large`, where there is a shorter way for it.
 */
export function serveCpu(port: Port, large: Pick<Port, 'postMessage'> = port): void {
  const kernels = new Map<number, Loaded>()
  port.onmessage = ({ data }) => {
    const message = parseToWorker(data)
    if (message.kind === 'load') load(message)
    else if (message.kind === 'unload') kernels.delete(message.kernel)
    else if (message.kind === 'round') find(message.kernel).round = message
    else run(message)
  }
  post(port, { kind: 'ready', hasGpu: false, isSilent: false })

  function find(kernel: number): Loaded {
    const loaded = kernels.get(kernel)
    if (loaded === undefined) throw new Failure('malformed', `kernel ${kernel} is not loaded`)
    return loaded
  }

  function load({ kernel, ...parts }: ToWorker & { kind: 'load' }): void {
    try {
      kernels.set(kernel, { runUnit: loadWasm(parts), round: firstRound })
      post(port, { kind: 'loaded', kernel })
    } catch (error) {
      post(port, { kind: 'refused', kernel, ...causeOf(error) })
    }
  }

  function run(message: ToWorker & { kind: 'run' }): void {
    const { runUnit, round } = find(message.kernel)
    const outbox = new Outbox(message, (said) => post(port, said, large))
    for (const unit of message.units) if (!outbox.add(runUnit(unit, round))) break
    outbox.end()
  }
}
