import { expect, test } from 'vitest'
import { sampleJob } from '../kernels/sample.ts'
import type { Wei } from '../protocol/wei.ts'
import { cost, coveredReplicas } from './price.ts'

const covered = (spent: bigint, atStake: number): number =>
  coveredReplicas(100n as Wei, 30n as Wei, { spent: spent as Wei, atStake })

test('the budget covers whole replicas only, less what is committed', () => {
  expect(covered(0n, 0)).toBe(3)
  expect(covered(60n, 0)).toBe(1)
  expect(covered(30n, 2)).toBe(0)
  expect(covered(0n, 9)).toBe(0)
})

test('a price of zero is covered by any budget', () => {
  expect(coveredReplicas(0n as Wei, 0n as Wei, { spent: 0n as Wei, atStake: 1_000_000 })).toBeGreaterThan(
    1_000_000,
  )
})

test('a job pays for a quorum and one more of every unit, with a tenth of that as bond, rounded up', () => {
  const { manifest } = sampleJob('square', 0, { priceWei: '1', units: 3 })
  expect(cost(manifest)).toEqual({ units: 3, replicas: 3, budget: 9n, bond: 1n, total: 10n, least: 2n })
  expect(cost({ ...manifest, price: { replica: '0' } })).toMatchObject({ budget: 0n, bond: 0n })
})
