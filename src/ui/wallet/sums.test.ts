import { expect, test } from 'vitest'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'
import type { Money } from '../../provider/state.ts'
import { jobMoney } from '../../publisher/funds/job-money.ts'
import type { PublishedJob } from '../../publisher/state.ts'
import { ownSums, publishingSums } from './sums.ts'

let seed = 11
function random(): Wei {
  seed = (seed * 48_271) % 0x7fffffff
  return toWei(BigInt(seed % 3_000))
}

/** A job with its money as a publisher shows it, in some state. */
function makeJob(): PublishedJob {
  const facts = { budget: random(), bond: random(), claimed: random() }
  const open = { bondLeft: facts.bond, repaid: random(), postReserve: random(), owed: random() }
  const closed = { committed: random(), refunded: random(), bondReturned: random() }
  const isOpen = random() % 2n === 0n
  const money = jobMoney(
    isOpen ? { kind: 'open', ...facts, ...open } : { kind: 'closed', ...facts, ...closed },
  )
  return { money } as PublishedJob
}

test('in any state the five numbers add up, and so do those of the jobs', () => {
  for (let run = 0; run < 500; run += 1) {
    const money: Money = { promised: random(), claimable: random(), inTransit: random(), paid: random() }
    const jobs = Array.from({ length: run % 4 }, makeJob)
    const { promised, claimable, inTransit, paid, refundable, total } = ownSums(money, jobs)
    expect({ promised, claimable, inTransit, paid }).toEqual(money)
    expect(promised + claimable + inTransit + paid + refundable).toBe(total)
    const sums = publishingSums(jobs)
    expect(sums.reserved + sums.refundable + sums.spent + sums.returned).toBe(sums.deposited)
    expect(refundable).toBe(sums.refundable)
  }
})

test('what is not known counts as nothing', () => {
  expect(ownSums().total).toBe(0n)
})
