import type { Page } from 'playwright-core'
import type { Found } from '../row.ts'
import { median } from '../spread.ts'
import { withMatmulPage } from './site.ts'

const SIDE = 512
const ROUNDS = 7
/** Products in a frame: what a publisher would lease at once, about 35 ms and more. */
const UNITS = 4

/** Measures the f32 product of 512 x 512 through the platform: against onnxruntime-web with one thread, and the same metered module bare. */
export async function matmulWasm(signal: AbortSignal): Promise<ReadonlyMap<string, Found>> {
  return await withMatmulPage('wasm', measure, signal)
}

async function measure(page: Page): Promise<ReadonlyMap<string, Found>> {
  const names = ['platform', 'onnx-wasm', 'bare'] as const
  const run = (name: string): Promise<number> =>
    page.evaluate(([side, units]) => window.matmul.run(side, units), [name, UNITS] as const)
  await page.evaluate(([sides, side, units]) => window.matmul.open(sides, side, units), [
    names,
    SIDE,
    UNITS,
  ] as const)
  for (const name of names) await run(name) // until the engine has compiled it for good
  const rounds: Record<(typeof names)[number], number>[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = [...names, ...[...names].reverse()]
    const sums = { platform: 0, 'onnx-wasm': 0, bare: 0 }
    for (const name of order) sums[name as keyof typeof sums] += (await run(name)) / 2 / UNITS
    rounds.push(sums)
  }
  const row = (peer: 'onnx-wasm' | 'bare', what: string): Found => {
    const baseline = median(rounds.map((times) => times[peer]))
    const own = median(rounds.map(({ platform }) => platform))
    return {
      samples: rounds.map((times) => times[peer] / times.platform),
      baseline,
      note: `f32, ${SIDE} x ${SIDE}, one thread, frames of ${UNITS}: ${own.toFixed(1)} ms a product through the platform, ${baseline.toFixed(1)} ms ${what}`,
    }
  }
  return new Map([
    ['matmul-wasm', row('onnx-wasm', 'with onnxruntime-web')],
    ['matmul-wasm.bare', row('bare', 'for the same metered module run bare')],
  ])
}
