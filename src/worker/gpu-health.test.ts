import { expect, test } from 'vitest'
import { Failure } from '../protocol/failure.ts'
import { afterLoss, healthyGpu, isGivenUp, refusalOf } from './gpu-health.ts'

const lost = new Failure('device-lost', 'gone')
const wedged = new Failure('timeout', 'endless')

test('a healthy GPU takes work; after a loss it rests 1 s, then 5 s', () => {
  expect(refusalOf(healthyGpu, 'a', 0)).toBeUndefined()
  const once = afterLoss(healthyGpu, 'a', { failure: lost, now: 1000 })
  expect(refusalOf(once, 'a', 1999)).toMatchObject({
    code: 'device-lost',
    message: expect.stringContaining('in 1 s (gone)'),
  })
  expect(refusalOf(once, 'a', 2000)).toBeUndefined()
  const twice = afterLoss(once, 'b', { failure: lost, now: 2000 })
  expect(refusalOf(twice, 'a', 6999)?.code).toBe('device-lost')
  expect(refusalOf(twice, 'a', 7000)).toBeUndefined()
})

test('a unit that did not end makes it rest 30 s', () => {
  const health = afterLoss(healthyGpu, 'a', { failure: wedged, now: 0 })
  expect(refusalOf(health, 'b', 29_999)?.message).toContain('endless')
  expect(refusalOf(health, 'b', 30_000)).toBeUndefined()
})

test('after three losses it is left alone', () => {
  let health = healthyGpu
  for (const name of ['a', 'b', 'c']) health = afterLoss(health, name, { failure: lost, now: 0 })
  expect(isGivenUp(health)).toBe(true)
  expect(refusalOf(health, 'd', 1e9)?.message).toContain('failed 3 times')
})
