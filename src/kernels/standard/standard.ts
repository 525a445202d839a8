import { boidsJob } from '../boids/sample.ts'
import { fftJob } from '../fft/sample.ts'
import { hashJob } from '../hash/sample.ts'
import type { SampleJob, SampleOptions } from '../job.ts'
import { lifeJob } from '../life/sample.ts'
import { mapJob } from '../map/sample.ts'
import { matmulIntegerJob } from '../matmul-integer/sample.ts'
import { monteCarloJob } from '../monte-carlo/sample.ts'
import { reduceJob } from '../reduce/sample.ts'
import { scanJob } from '../scan/sample.ts'
import { sortJob } from '../sort/sample.ts'

type StandardName =
  | 'boids'
  | 'fft'
  | 'hash'
  | 'life'
  | 'map'
  | 'matmul-integer'
  | 'monte-carlo'
  | 'reduce'
  | 'scan'
  | 'sort'

/** A job of each pair of the standard set: WGSL and WASM that give the same bytes. Job `index` of a name has other numbers. */
export const standardJobs: Readonly<
  Record<StandardName, (index: number, options: SampleOptions) => SampleJob>
> = {
  boids: boidsJob,
  fft: fftJob,
  hash: hashJob,
  life: lifeJob,
  map: mapJob,
  'matmul-integer': matmulIntegerJob,
  'monte-carlo': monteCarloJob,
  reduce: reduceJob,
  scan: scanJob,
  sort: sortJob,
}
