import type { Found } from '../row.ts'
import { median } from '../spread.ts'
import { withSandboxPage } from './site.ts'

const ROUNDS = 31
/** Units in a frame: about a second of them, which is what a provider runs in a turn. */
const UNITS = 20

/** Measures a long WGSL unit in the sandbox against the same kernel that the page runs itself, unguarded. */
export async function sandboxWgsl(signal: AbortSignal): Promise<ReadonlyMap<string, Found>> {
  const { sandbox, direct } = await withSandboxPage(
    (page) => page.evaluate(measure, { rounds: ROUNDS, units: UNITS }),
    signal,
  )
  const each = (times: readonly number[]): string => `${(median(times) / UNITS).toFixed(1)} ms`
  return new Map([
    [
      'sandbox-wgsl',
      {
        samples: sandbox.map((ms, round) => ms / (direct[round] ?? Number.NaN)),
        baseline: median(direct) / UNITS,
        note: `a product of 256 x 256 words, twice, in frames of ${UNITS}: ${each(sandbox)} a unit in the sandbox, ${each(direct)} in the page`,
      },
    ],
  ])
}

/** Runs in the page: milliseconds of a frame for each round, A B B A. */
async function measure({ rounds, units }: { rounds: number; units: number }) {
  const run = await window.sandboxBench.openProduct()
  const times = { sandbox: [] as number[], direct: [] as number[] }
  for (const side of ['sandbox', 'direct'] as const) await run(side, units)
  for (let round = 0; round < rounds; round += 1) {
    const order = ['sandbox', 'direct', 'direct', 'sandbox'] as const
    const sums = { sandbox: 0, direct: 0 }
    for (const side of order) sums[side] += (await run(side, units)) / 2
    times.sandbox.push(sums.sandbox)
    times.direct.push(sums.direct)
  }
  return times
}
