import { fractalJob } from './fractal/sample.ts'
import type { SampleJob, SampleOptions } from './job.ts'
import { bunnyJob } from './pathtrace/sample.ts'
import { squareJob } from './square/sample.ts'

export type SampleName = 'bunny' | 'fractal' | 'square'

const jobs = { bunny: bunnyJob, fractal: fractalJob, square: squareJob } as const

/** Makes sample job number `index` (from 0) of an endless row: the bunny's next view, the next zoom, more squares. */
export function sampleJob(name: SampleName, index: number, options: SampleOptions): SampleJob {
  return jobs[name](index, options)
}
