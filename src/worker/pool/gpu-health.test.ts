import { expect, test } from 'vitest'
import { Failure } from '../../protocol/failure.ts'
import type { GpuHealth } from './gpu-health.ts'
import { afterAnswer, afterLoss, blameOf, healthyGpu, isGivenUp, restOf, troubleOf } from './gpu-health.ts'

const lost = new Failure('device-lost', 'gone')

function lose(...kernels: string[]): GpuHealth {
  return kernels.reduce((health, kernel) => afterLoss(health, kernel, { failure: lost, now: 0 }), healthyGpu)
}

test('a healthy GPU takes work; after a loss it rests 1 s, then 5 s', () => {
  expect(troubleOf(healthyGpu, 0)).toBeUndefined()
  const once = afterLoss(healthyGpu, 'a', { failure: lost, now: 1000 })
  expect(troubleOf(once, 1999)).toMatchObject({
    code: 'device-lost',
    message: expect.stringContaining('in 1 s (gone)'),
  })
  expect(troubleOf(once, 2000)).toBeUndefined()
  const twice = afterLoss(once, 'b', { failure: lost, now: 2000 })
  expect(restOf(twice, 2000)).toBe(5000)
  expect(troubleOf(twice, 7000)).toBeUndefined()
})

test('a GPU that does not answer takes no work until it does', () => {
  const failure = new Failure('wedged', 'endless')
  const health = afterLoss(healthyGpu, 'a', { failure, now: 0 })
  expect(restOf(health, 1e9)).toBe(Number.POSITIVE_INFINITY)
  expect(troubleOf(health, 1e9)).toMatchObject({
    code: 'wedged',
    message: expect.stringContaining('endless'),
  })
  expect(troubleOf(afterAnswer(health), 1e9)).toBeUndefined()
})

test('three losses by one kernel refuse that kernel only', () => {
  expect(blameOf(lose('a', 'a'), 'a')).toBeUndefined()
  const health = lose('a', 'a', 'a')
  expect(blameOf(health, 'a')).toMatchObject({ code: 'refused', message: expect.stringContaining('3 times') })
  expect(blameOf(health, 'b')).toBeUndefined()
  expect(isGivenUp(health)).toBe(false)
  expect(restOf(health, 0)).toBe(30_000)
})

test('three losses by different kernels, or a second refused kernel, leave the GPU alone for good', () => {
  expect(isGivenUp(lose('a', 'b'))).toBe(false)
  expect(isGivenUp(lose('a', 'a', 'b'))).toBe(true)
  expect(troubleOf(lose('a', 'b', 'c'), 1e9)?.message).toContain('failed 3 times')
  const refused = lose('a', 'a', 'a', 'b', 'b')
  expect(isGivenUp(refused)).toBe(false)
  expect(isGivenUp(afterLoss(refused, 'b', { failure: lost, now: 0 }))).toBe(true)
})
