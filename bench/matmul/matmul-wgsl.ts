import type { Page } from 'playwright-core'
import type { Found } from '../row.ts'
import { median } from '../spread.ts'
import { withMatmulPage } from './site.ts'

const SIDE = 1024
/** A product takes seconds here, so the first of each side counts as a round: the bench is to end within a minute. */
const ROUNDS = 5

/** Measures the f32 product of 1024 x 1024 in WGSL through the platform against the faster of two libraries, on the software adapter. */
export async function matmulWgsl(signal: AbortSignal): Promise<ReadonlyMap<string, Found>> {
  return await withMatmulPage('wgsl', measure, signal)
}

async function measure(page: Page): Promise<ReadonlyMap<string, Found>> {
  const libraries = ['tensorflow', 'onnx-webgpu'] as const
  const run = (name: string): Promise<number> => page.evaluate((side) => window.matmul.run(side, 1), name)
  const firsts = await page.evaluate(
    (side) => window.matmul.open(['platform', 'tensorflow', 'onnx-webgpu'], side, 1),
    SIDE,
  )
  const first = (name: string): number => firsts[name] ?? Number.POSITIVE_INFINITY
  const best = first('tensorflow') < first('onnx-webgpu') ? 'tensorflow' : 'onnx-webgpu'
  const rounds = [{ own: first('platform'), peer: first(best) }]
  for (let round = 1; round < ROUNDS; round += 1) {
    if (round % 2 === 0) rounds.push({ own: await run('platform'), peer: await run(best) })
    else {
      const peer = await run(best)
      rounds.push({ own: await run('platform'), peer })
    }
  }
  const [own, peer] = [median(rounds.map((times) => times.own)), median(rounds.map((times) => times.peer))]
  const tried = libraries.map((name) => `${name} ${first(name).toFixed(0)} ms`).join(', ')
  return new Map([
    [
      'matmul-wgsl.software',
      {
        samples: rounds.map((times) => times.peer / times.own),
        baseline: peer,
        note: `f32, ${SIDE} x ${SIDE}, matrices from and to main memory: ${own.toFixed(0)} ms through the platform, ${peer.toFixed(0)} ms with ${best} (first products, which count as a round: ${tried}; the slower library made no other)`,
      },
    ],
  ])
}
