import { boidsJob } from './boids/sample.ts'
import { fractalJob } from './fractal/sample.ts'
import type { SampleJob, SampleOptions } from './job.ts'
import { lifeJob } from './life/sample.ts'
import { bunnyJob } from './pathtrace/sample.ts'
import { sortJob } from './sort/sample.ts'
import { squareJob } from './square/sample.ts'

export type SampleName = 'boids' | 'bunny' | 'fractal' | 'life' | 'sort' | 'square'

const jobs = {
  boids: boidsJob,
  bunny: bunnyJob,
  fractal: fractalJob,
  life: lifeJob,
  sort: sortJob,
  square: squareJob,
} as const

/** Makes sample job number `index` (from 0) of an endless row: the bunny's next view, the next zoom, more squares. */
export function sampleJob(name: SampleName, index: number, options: SampleOptions): SampleJob {
  return jobs[name](index, options)
}
