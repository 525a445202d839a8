import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Hex } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import type { PublishedJob, PublisherState } from '../publisher/state.ts'
import type { SamplesOptions } from './samples.ts'
import { publishSamples } from './samples.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-samples-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A publisher whose jobs the test moves on. */
class Stage {
  readonly jobs: PublishedJob[] = []
  readonly lines: string[] = []
  readonly forgotten: Hex[] = []
  readonly end = new AbortController()
  failures = 0
  #published = 0
  readonly #listeners = new Set<(state: PublisherState) => void>()

  get listeners(): number {
    return this.#listeners.size
  }

  run(): Promise<void> {
    const options: SamplesOptions = {
      folder,
      report: (line) => void this.lines.push(line),
      samples: ['square'],
      retryMs: 5,
    }
    return publishSamples(this, options, this.end.signal)
  }

  async publish({ manifest }: { manifest: PublishedJob['manifest'] }): Promise<Hex> {
    if (this.failures > 0) {
      this.failures -= 1
      throw new Failure('unreachable', 'the chain does not answer')
    }
    this.#published = Math.max(this.#published, this.jobs.length) + 1
    const jobId: Hex = `0x${String(this.#published).padStart(64, '0')}`
    this.jobs.push({ jobId, manifest, name: manifest.app.name, phase: 'running' } as PublishedJob)
    return jobId
  }

  show(): PublisherState {
    return { jobs: this.jobs } as unknown as PublisherState
  }

  subscribe(listener: (state: PublisherState) => void): () => void {
    this.#listeners.add(listener)
    listener(this.show())
    return () => this.#listeners.delete(listener)
  }

  async forget(jobId: Hex): Promise<void> {
    this.forgotten.push(jobId)
    this.jobs.splice(
      this.jobs.findIndex((job) => job.jobId === jobId),
      1,
    )
  }

  move(place: number, phase: PublishedJob['phase']): void {
    const job = this.jobs.at(place)
    if (job === undefined) throw new Error('no such job')
    this.jobs.splice(this.jobs.indexOf(job), 1, { ...job, phase })
    for (const listener of this.#listeners) listener(this.show())
  }

  async until(done: () => boolean, what: string): Promise<void> {
    for (let tries = 0; tries < 400 && !done(); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 5))
    expect(done(), what).toBe(true)
  }
}

test('one job is open at a time; when it is decided the next follows, and it is another one', async () => {
  const stage = new Stage()
  const over = stage.run()
  await stage.until(() => stage.jobs.length === 1, 'the first')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(stage.jobs).toHaveLength(1)
  stage.move(0, 'settling')
  await stage.until(() => stage.jobs.length === 2, 'the second')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(stage.jobs.map(({ name }) => name)).toEqual(['Squares, set 1', 'Squares, set 2'])
  stage.end.abort()
  await over
  expect(stage.listeners).toBe(0)
})

test('what an earlier run left open goes on; the row goes on where it stood', async () => {
  const stage = new Stage()
  const first = stage.run()
  await stage.until(() => stage.lines.length === 1, 'the first')
  stage.end.abort()
  await first

  const again = new Stage()
  again.jobs.push(...stage.jobs)
  const second = again.run()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(again.jobs).toHaveLength(1)
  again.move(0, 'closed')
  await again.until(() => again.lines.length === 1, 'the second')
  expect(again.jobs[1]?.name).toBe('Squares, set 2')
  again.end.abort()
  await second
  expect(JSON.parse(await readFile(join(folder, 'samples.json'), 'utf8'))).toEqual({
    square: { next: 2, jobIds: again.jobs.map(({ jobId }) => jobId) },
  })
})

test('a job that cannot be published is told and tried again', async () => {
  const stage = new Stage()
  stage.failures = 2
  const over = stage.run()
  await stage.until(() => stage.jobs.length === 1, 'the first')
  expect(stage.lines.slice(0, 2)).toEqual(
    Array.from(
      { length: 2 },
      () => 'Sample job square could not be published, it is tried again: the chain does not answer',
    ),
  )
  expect(stage.jobs[0]?.name).toBe('Squares, set 1')
  stage.end.abort()
  await over
})

test('only the newest jobs that are over are kept', async () => {
  const stage = new Stage()
  const over = stage.run()
  for (let n = 1; n <= 6; n += 1) {
    await stage.until(() => stage.lines.length === n, `number ${n}`)
    stage.move(-1, 'closed')
  }
  await stage.until(() => stage.forgotten.length === 3, 'three are forgotten')
  expect(stage.forgotten.map((jobId) => Number(jobId))).toEqual([1, 2, 3])
  stage.end.abort()
  await over
})

test('a damaged row is named, with the way out', async () => {
  await writeFile(join(folder, 'samples.json'), '{')
  await expect(new Stage().run()).rejects.toThrow(/samples\.json could not be read.*Delete it to begin anew/)
})
