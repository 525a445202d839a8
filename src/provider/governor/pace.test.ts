import { expect, test } from 'vitest'
import { Pace } from './pace.ts'
import { squeeze, widen } from './room.ts'

function paced(pace: Pace, unitMs: number, frames = 10, job = 'a'): boolean {
  for (let frame = 0; frame < frames; frame += 1) pace.note(job, unitMs)
  return pace.isSlow()
}

test('units that lose more than 40 % of their usual rate are slow, each job against itself', () => {
  const pace = new Pace()
  expect(paced(pace, 10)).toBe(false)
  expect(paced(pace, 16)).toBe(false)
  expect(paced(pace, 18)).toBe(true)
  expect(paced(pace, 100, 10, 'b')).toBe(false)
  expect(paced(pace, 10)).toBe(false)
})

test('a faster time becomes the usual one', () => {
  const pace = new Pace()
  paced(pace, 20)
  expect(paced(pace, 10)).toBe(false)
  expect(paced(pace, 20)).toBe(true)
})

test('few frames, and single frames out of many, say nothing', () => {
  const pace = new Pace()
  paced(pace, 10)
  expect(paced(pace, 100, 4)).toBe(false)
  for (const ms of [1, 10, 10, 10, 400]) pace.note('a', ms)
  expect(pace.isSlow()).toBe(false)
  expect(paced(pace, 16)).toBe(false)
})

test('a job whose units stay long is no longer slow after some time', () => {
  const pace = new Pace()
  paced(pace, 10)
  const verdicts = Array.from({ length: 40 }, () => paced(pace, 20))
  expect(verdicts[0]).toBe(true)
  expect(verdicts.at(-1)).toBe(false)
})

test('room is halved down to a quarter, and comes back by tenths until all of it is there', () => {
  const half = squeeze({ share: 1 }, 'slow')
  expect(half).toEqual({ share: 0.5, why: 'slow' })
  const least = squeeze(squeeze(half, 'stutter'), 'stutter')
  expect(least).toEqual({ share: 0.25, why: 'stutter' })
  let room = widen(least)
  expect(room.share).toBeCloseTo(0.35)
  for (let turn = 0; turn < 7; turn += 1) room = widen(room)
  expect(room).toEqual({ share: 1 })
})
