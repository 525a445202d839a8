import { Worker } from 'node:worker_threads'
import { Failure, reason } from '../protocol/failure.ts'
import type { KernelSource, LoadedKernel, UnitRun } from './executor.ts'
import type { Kernel1Call, Kernel1Outcome } from './kernel1.ts'
import { callKernel1 } from './kernel1.ts'
import { FUEL_EXPORT, MARK_EXPORT, meterWasm } from './meter/meter-wasm.ts'
import { checkOutputOf, checkParts, fillOf, programOf, settleNaNs } from './unit.ts'

type Answer = { readonly outcome: Kernel1Outcome; readonly elapsedMs: number }

/** Loads a WASM kernel into a thread of this Node process, for the publisher's own opinion. Closes when `signal` aborts. Throws as `meterWasm` does. */
export async function loadInNode(source: KernelSource, signal: AbortSignal): Promise<LoadedKernel> {
  const { manifest } = source
  if (source.executor !== 'wasm') throw new Failure('unsupported', 'Node runs WASM programs only')
  checkParts(manifest, source)
  const { wasm } = programOf(manifest, 'wasm')
  const { fuel, outputBytes } = manifest.limits
  const metered = meterWasm(source.code, { fuel, memoryPages: wasm.memoryPages })
  const module = await WebAssembly.compile(metered)
  const fill = fillOf(manifest, source.inputs, wasm.stdin)
  const checkOutput = checkOutputOf(manifest)
  const thread = new KernelThread(manifest.limits.timeMs)
  const closing = new AbortController()
  const closed = AbortSignal.any([signal, closing.signal])
  closed.addEventListener('abort', () => thread.end(new Failure('cancelled', 'cancelled')), { once: true })

  const runUnit = async (unit: number, stop: AbortSignal): Promise<UnitRun> => {
    try {
      stop.throwIfAborted()
      const names = { fuelExport: FUEL_EXPORT, markExport: MARK_EXPORT }
      const { outcome, elapsedMs } = await thread.call(
        { module, input: fill(unit), outputBytes, fuel, ...names },
        stop,
      )
      if (outcome.kind === 'failed') throw new Failure(outcome.code, outcome.message)
      checkOutput(unit, outcome.output.length)
      settleNaNs(manifest, outcome.output)
      return { kind: 'done', unit, output: outcome.output, elapsedMs, fuel: outcome.fuel }
    } catch (error) {
      if (stop.aborted)
        return { kind: 'failed', unit, failure: new Failure('cancelled', `Unit ${unit}: cancelled`) }
      const code = error instanceof Failure ? error.code : 'trap'
      const failure = new Failure(code, `Unit ${unit}: ${reason(error)}`, { cause: error })
      return { kind: 'failed', unit, failure }
    }
  }

  let queue: Promise<unknown> = Promise.resolve()
  const run = (units: readonly number[], stop?: AbortSignal): Promise<UnitRun[]> => {
    const until = stop === undefined ? closed : AbortSignal.any([closed, stop])
    const frame = queue.then(async () => {
      const runs: UnitRun[] = []
      for (const unit of units) runs.push(await runUnit(unit, until))
      return runs
    })
    queue = frame
    return frame
  }
  return { executor: 'wasm', run, close: () => closing.abort() }
}

type Waiter = { resolve(answer: Answer): void; reject(failure: Failure): void }

/** A thread that runs one call at a time, is ended when one takes too long, and starts again with the next. */
class KernelThread {
  #worker: Worker | undefined
  #waiter: Waiter | undefined
  readonly #timeMs: number

  constructor(timeMs: number) {
    this.#timeMs = timeMs
  }

  async call(call: Kernel1Call, signal: AbortSignal): Promise<Answer> {
    const worker = this.#worker ?? this.#start()
    const cancel = (): void => this.end(new Failure('cancelled', 'cancelled'))
    const late = (): void => this.end(new Failure('timeout', `it took more than ${this.#timeMs} ms`))
    const timer = setTimeout(late, this.#timeMs)
    signal.addEventListener('abort', cancel, { once: true })
    worker.ref()
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.#waiter = { resolve, reject }
        worker.postMessage(call, [call.input.buffer as ArrayBuffer])
      })
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', cancel)
      this.#waiter = undefined
      worker.unref()
    }
  }

  /** Ends the thread; the call that it runs gets `failure`. */
  end(failure: Failure): void {
    void this.#worker?.terminate()
    this.#worker = undefined
    this.#waiter?.reject(failure)
  }

  #start(): Worker {
    const worker = startThread()
    this.#worker = worker
    const gone = (cause: string): void => {
      if (this.#worker === worker) this.end(new Failure('trap', `the thread ${cause}`))
    }
    worker.on('message', (answer: Answer) => this.#waiter?.resolve(answer))
    worker.on('error', (error) => gone(`failed: ${reason(error)}`))
    worker.on('exit', (code) => gone(`ended with code ${code}`))
    return worker
  }
}

/** Starts the thread from the text of `callKernel1`, so that one bundled file is enough. Tools that keep function names wrap them in `__name`. */
function startThread(): Worker {
  const text = `
    const __name = (value) => value
    const call = ${callKernel1.toString()}
    const { parentPort } = require('node:worker_threads')
    parentPort.on('message', (message) => {
      const start = performance.now()
      const outcome = call(message)
      const answer = { outcome, elapsedMs: performance.now() - start }
      parentPort.postMessage(answer, outcome.kind === 'done' ? [outcome.output.buffer] : [])
    })`
  return new Worker(text, { eval: true, name: 'weft kernel', env: {}, execArgv: [] })
}
