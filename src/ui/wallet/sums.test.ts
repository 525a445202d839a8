import { expect, test } from 'vitest'
import { toWei } from '../../protocol/wei.ts'
import type { PublishedJob } from '../../publisher/state.ts'
import { earningSums, publishingSums } from './sums.ts'

type Numbers = Partial<
  Record<'budget' | 'bond' | 'promised' | 'claimed' | 'refunded' | 'bondReturned', bigint>
>

function makeJob(phase: PublishedJob['phase'], numbers: Numbers): PublishedJob {
  const none = { budget: 0n, bond: 0n, promised: 0n, claimed: 0n, refunded: 0n, bondReturned: 0n }
  return { phase, ...none, ...numbers } as PublishedJob
}

test('what was earned is what is promised, claimable and paid', () => {
  const money = { promised: toWei(3n), claimable: toWei(20n), paid: toWei(100n) }
  expect(earningSums(money)).toEqual({ ...money, total: 123n })
})

test('each coin of a deposit is in one place, through the life of a job', () => {
  const jobs = [
    makeJob('opening', { budget: 1_000n, bond: 100n }),
    makeJob('running', { budget: 1_000n, bond: 100n, promised: 300n, claimed: 120n }),
    makeJob('closed', {
      budget: 500n,
      bond: 50n,
      promised: 200n,
      claimed: 200n,
      refunded: 300n,
      bondReturned: 50n,
    }),
    makeJob('failed', { budget: 70n, bond: 7n }),
  ]
  expect(publishingSums(jobs)).toEqual({
    deposited: 1_100n + 550n + 77n,
    reserved: 180n,
    spent: 320n,
    returned: 350n,
    refundable: 700n + 100n + 77n,
  })
})
