import { Failure } from '../../protocol/failure.ts'
import type { ToWorker, UnitReport } from '../message.ts'
import { causeOf, parseToWorker } from '../message.ts'
import { Outbox, post } from './outbox.ts'
import { loadWasm } from './wasm-kernel.ts'

/** How long the reports of tiny units are gathered. */
const HOLD_MS = 4

/** Runs WASM kernels for the page at the other end of `port`. A unit that never returns is ended from outside. */
export function serveCpu(port: MessagePort): void {
  const kernels = new Map<number, (unit: number) => UnitReport>()
  port.onmessage = ({ data }) => {
    const message = parseToWorker(data)
    if (message.kind === 'load') load(message)
    else if (message.kind === 'unload') kernels.delete(message.kernel)
    else run(message)
  }
  post(port, { kind: 'ready', hasGpu: false })

  function load({ kernel, ...parts }: ToWorker & { kind: 'load' }): void {
    try {
      kernels.set(kernel, loadWasm(parts))
      post(port, { kind: 'loaded', kernel })
    } catch (error) {
      post(port, { kind: 'refused', kernel, ...causeOf(error) })
    }
  }

  function run({ run, kernel, units, isCareful }: ToWorker & { kind: 'run' }): void {
    const runUnit = kernels.get(kernel)
    if (runUnit === undefined) throw new Failure('malformed', `kernel ${kernel} is not loaded`)
    const outbox = new Outbox(isCareful ? 0 : HOLD_MS, (reports) =>
      post(port, { kind: 'results', run, reports }),
    )
    for (const unit of units) outbox.add(runUnit(unit))
    outbox.flush()
  }
}
