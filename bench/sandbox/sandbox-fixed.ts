import type { Found } from '../row.ts'
import { withSandboxPage } from './site.ts'

const ROUNDS = 9
/** Units in a frame. */
const UNITS = 64
/** Frames of a round, one after the other. */
const FRAMES = 5

/** Measures what a unit costs in the sandbox beside its computing: trivial units in frames of 64. */
export async function sandboxFixed(signal: AbortSignal): Promise<ReadonlyMap<string, Found>> {
  const times = await withSandboxPage(
    (page) => page.evaluate(measure, { rounds: ROUNDS, units: UNITS, frames: FRAMES }),
    signal,
  )
  const row = (executor: 'wasm' | 'wgsl', what: string): Found => ({
    samples: times[executor],
    baseline: null,
    note: `trivial ${what} units in frames of ${UNITS}, from the call to the results`,
  })
  return new Map([
    ['sandbox-fixed.wasm', row('wasm', 'WASM')],
    ['sandbox-fixed.wgsl', row('wgsl', 'WGSL')],
  ])
}

/** Runs in the page: milliseconds of a unit for each round, both executors in turn. */
async function measure({ rounds, units, frames }: { rounds: number; units: number; frames: number }) {
  const run = await window.sandboxBench.openTrivial()
  const times = { wasm: [] as number[], wgsl: [] as number[] }
  for (const executor of ['wasm', 'wgsl'] as const) await run(executor, units)
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? (['wasm', 'wgsl'] as const) : (['wgsl', 'wasm'] as const)
    for (const executor of order) {
      let total = 0
      for (let frame = 0; frame < frames; frame += 1) total += await run(executor, units)
      times[executor].push(total / frames / units)
    }
  }
  return times
}
