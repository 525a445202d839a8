import { named } from '../code.ts'
import type { SampleJob, SampleOptions } from '../job.ts'
import { finishJob } from '../job.ts'
import { square, squareCode } from './meta.ts'

const UNITS = 20_000

/** Many tiny units, for measuring everything but the computing: job `index` squares the next sixteen times 20 000 numbers. */
export function squareJob(index: number, options: SampleOptions): SampleJob {
  const code = named(squareCode())
  const words = Array.from({ length: square.words }, (_, word) => `($first+$i)*${square.words}+${word}`)
  const manifest = {
    weft: 1,
    app: {
      name: `Squares, set ${index + 1}`,
      version: '1.0.0',
      licence: 'Apache-2.0',
      author: 'The Weft authors',
      purpose: 'Squares numbers in very small units, to measure how fast work moves and is verified.',
    },
    programs: [
      {
        kind: 'wasm',
        code: { cid: code.cid, bytes: code.bytes.length },
        wasm: { abi: 'kernel1', memoryPages: square.memoryPages, stdin: [{ u32: words }] },
      },
    ],
    params: [{ name: 'first', type: 'u32', value: (index * UNITS) % 2 ** 27, label: 'First unit' }],
    units: { kind: 'range', name: 'i', from: 0, to: options.units ?? UNITS },
    outputs: [{ name: 'squares', type: 'u32', bytes: square.outputBytes }],
    reduce: { kind: 'concat' },
    view: 'none',
    limits: { fuel: 100_000, timeMs: 5_000, outputBytes: square.outputBytes },
    verify: { mode: 'exact-quorum', quorum: 2 },
    price: { replica: options.priceWei },
  }
  return finishJob(manifest, [code])
}
