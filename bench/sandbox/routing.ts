import type { Executor } from '../../src/worker/executor.ts'
import type { Found } from '../row.ts'
import { median } from '../spread.ts'
import { withSandboxPage } from './site.ts'

const ROUNDS = 5

/** What a job gave: units a second on each executor, and what was chosen in each round. */
type Routed = {
  readonly name: string
  readonly rates: Readonly<Record<Executor, readonly number[]>>
  readonly chosen: readonly Executor[]
}

/**
 * Measures how the executor that is chosen for a job fares against the better one. Each round chooses anew, and counts by the
 * job that was served worst. What is chosen runs as what is forced does, so that each executor is timed once.
 */
export async function routing(signal: AbortSignal): Promise<ReadonlyMap<string, Found>> {
  const jobs = await withSandboxPage((page) => page.evaluate(measure, ROUNDS), signal)
  const samples = Array.from({ length: ROUNDS }, (_, round) =>
    Math.min(...jobs.map((job) => ratioOf(job, job.chosen[round]))),
  )
  return new Map([['routing', { samples, baseline: null, note: jobs.map(noteOf).join('; ') }]])
}

function ratioOf({ rates }: Routed, chosen: Executor | undefined): number {
  if (chosen === undefined) return Number.NaN
  return median(rates[chosen]) / Math.max(median(rates.wasm), median(rates.wgsl))
}

function noteOf({ name, rates, chosen }: Routed): string {
  const per = (executor: Executor): string => `${median(rates[executor]).toPrecision(3)}/s`
  const share = `${chosen.filter((executor) => executor === 'wasm').length} of ${chosen.length}`
  return `${name}: WASM ${per('wasm')}, WGSL ${per('wgsl')}, WASM chosen ${share} times`
}

/** Runs in the page: both executors in turn, A B B A, and a choice in each round. */
async function measure(rounds: number): Promise<Routed[]> {
  const { names, open, rateOf } = await window.sandboxBench.openRouting()
  const routed: Routed[] = []
  for (const name of names) {
    const forced = { wasm: await open(name, 'wasm'), wgsl: await open(name, 'wgsl') }
    const rates: Record<Executor, number[]> = { wasm: [], wgsl: [] }
    const chosen: Executor[] = []
    for (let round = 0; round < rounds; round += 1) {
      for (const executor of ['wasm', 'wgsl', 'wgsl', 'wasm'] as const)
        rates[executor].push(await rateOf(forced[executor]))
      const { kernel } = await open(name, 'auto')
      chosen.push(kernel.executor)
      kernel.close()
    }
    for (const { kernel } of Object.values(forced)) kernel.close()
    routed.push({ name, rates, chosen })
  }
  return routed
}
