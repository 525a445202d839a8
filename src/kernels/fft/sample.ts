import type { SampleJob, SampleOptions } from '../job.ts'
import { jobOf } from '../standard/job.ts'
import { bytesOf } from '../standard/numbers.ts'
import { slicesOf } from '../standard/slices.ts'
import { fft, fftCode, fftText } from './meta.ts'
import { rootsOf } from './roots.ts'

/** Spectra of many rows of numbers: job `index` has other numbers. The roots of unity stay on the GPU between units. */
export function fftJob(index: number, { priceWei }: SampleOptions): SampleJob {
  const { inputs, units, piece, bytes } = slicesOf(fft.words, index)
  const roots = bytesOf(rootsOf(fft.words, fft.words / 2))
  const bindings = [['turn', 'roots', 'words', 'next']]
  return jobOf({
    name: 'Fourier transform modulo 65537',
    purpose: 'Transforms rows of numbers without rounding, as for the exact product of very long numbers.',
    inputs: { ...inputs, roots },
    wasm: { code: fftCode(), stdin: [{ input: 'roots' }, piece], memoryPages: 4 },
    wgsl: {
      code: fftText(),
      buffers: [
        { name: 'turn', usage: 'uniform', bytes: 4, init: [{ u32: ['$iteration'] }] },
        { name: 'roots', scope: 'lease', bytes: roots.length, init: [{ input: 'roots' }] },
        { name: 'words', bytes, init: [piece] },
        { name: 'next', bytes },
      ],
      passes: [
        { entry: 'settle', bindings, dispatch: [fft.words / 64] },
        {
          entry: 'butterfly',
          bindings,
          dispatch: [fft.words / 128],
          repeat: fft.turns,
          swap: [['words', 'next']],
        },
      ],
    },
    manifest: {
      units,
      outputs: [{ name: 'words', type: 'u32', bytes }],
      limits: { fuel: 10_000_000, outputBytes: bytes },
    },
    priceWei,
  })
}
