import type { Found } from '../row.ts'
import { median } from '../spread.ts'
import { naiveProduct } from './naive-product.ts'
import { withSandboxPage } from './site.ts'

const ROUNDS = 5

/** What a job gave: units a second by each of its programs, and which was chosen in each round. */
type Routed = {
  readonly name: string
  readonly rates: Readonly<Record<string, readonly number[]>>
  readonly chosen: readonly string[]
}

/**
 * Measures how the program that is chosen for a job fares against its best one. Each round chooses anew, and counts by the job
 * that was served worst. What is chosen runs as what is forced does, so that each program is timed once.
 */
export async function routing(signal: AbortSignal): Promise<ReadonlyMap<string, Found>> {
  const naive = await naiveProduct()
  const options = { rounds: ROUNDS, naive: [...naive] }
  const jobs = await withSandboxPage((page) => page.evaluate(measure, options), signal)
  const samples = Array.from({ length: ROUNDS }, (_, round) =>
    Math.min(...jobs.map((job) => ratioOf(job, job.chosen[round]))),
  )
  return new Map([['routing', { samples, baseline: null, note: jobs.map(noteOf).join('; ') }]])
}

function ratioOf({ rates }: Routed, chosen = ''): number {
  return median(rates[chosen] ?? []) / Math.max(...Object.values(rates).map(median))
}

function noteOf(job: Routed): string {
  const { name, rates, chosen } = job
  const each = Object.entries(rates).map(([program, all]) => {
    const count = chosen.filter((other) => other === program).length
    return `${program} ${median(all).toPrecision(3)}/s chosen ${count} of ${chosen.length}`
  })
  const worst = Math.min(...chosen.map((program) => ratioOf(job, program)))
  return `${name}: ${each.join(', ')}, at worst ${worst.toFixed(2)}`
}

/** Runs in the page: the programs in turn, A B B A, and a choice in each round. */
async function measure({ rounds, naive }: { rounds: number; naive: number[] }): Promise<Routed[]> {
  const { names, programsOf, open, rateOf } = await window.sandboxBench.openRouting(naive)
  const routed: Routed[] = []
  for (const name of names) {
    const programs = programsOf(name)
    const forced = await Promise.all(programs.map((program) => open(name, program)))
    const rates: Record<string, number[]> = Object.fromEntries(programs.map((program) => [program, []]))
    const chosen: string[] = []
    for (let round = 0; round < rounds; round += 1) {
      for (const way of [...forced, ...forced.toReversed()]) rates[way.program]?.push(await rateOf(way))
      const { kernel, program } = await open(name)
      chosen.push(program)
      kernel.close()
    }
    for (const { kernel } of forced) kernel.close()
    routed.push({ name, rates, chosen })
  }
  return routed
}
