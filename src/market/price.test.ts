import { expect, test } from 'vitest'
import type { Wei } from '../protocol/wei.ts'
import { coveredReplicas } from './price.ts'

test('the budget covers whole replicas only, less what is committed', () => {
  expect(coveredReplicas(100n as Wei, 30n as Wei, 0)).toBe(3)
  expect(coveredReplicas(100n as Wei, 30n as Wei, 2)).toBe(1)
  expect(coveredReplicas(100n as Wei, 30n as Wei, 3)).toBe(0)
  expect(coveredReplicas(100n as Wei, 30n as Wei, 9)).toBe(0)
})

test('a price of zero is covered by any budget', () => {
  expect(coveredReplicas(0n as Wei, 0n as Wei, 1_000_000)).toBeGreaterThan(1_000_000)
})
