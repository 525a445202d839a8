import { expect, test } from 'vitest'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'
import type { Deposit, JobMoney } from './job-money.ts'
import { jobMoney } from './job-money.ts'

const wei = (amount: number): Wei => toWei(BigInt(amount))
const open = {
  kind: 'open',
  budget: wei(1_000),
  bond: wei(100),
  bondLeft: wei(100),
  claimed: wei(0),
  repaid: wei(0),
  postReserve: wei(0),
  owed: wei(0),
} as const
const closed = {
  kind: 'closed',
  budget: wei(1_000),
  bond: wei(100),
  claimed: wei(300),
  committed: wei(300),
  refunded: wei(700),
  bondReturned: wei(100),
} as const

test.each<[name: string, deposit: Deposit, money: Record<keyof JobMoney, number>]>([
  [
    'before the opening there is nothing',
    { kind: 'unopened' },
    { deposited: 0, reserved: 0, spent: 0, refundable: 0, returned: 0 },
  ],
  [
    'in a new job all but the bond can come back',
    open,
    { deposited: 1_100, reserved: 100, spent: 0, refundable: 1_000, returned: 0 },
  ],
  [
    'what is owed is reserved until it is paid, and the reserve for posters until they are',
    { ...open, owed: wei(400), claimed: wei(150), postReserve: wei(50), repaid: wei(20) },
    { deposited: 1_100, reserved: 250 + 30 + 100, spent: 170, refundable: 550, returned: 0 },
  ],
  [
    'what a broken promise took from the bond is spent',
    { ...open, bondLeft: wei(60) },
    { deposited: 1_100, reserved: 60, spent: 40, refundable: 1_000, returned: 0 },
  ],
  [
    'more work under way than the budget covers reserves no more than there is',
    { ...open, owed: wei(5_000), claimed: wei(100) },
    { deposited: 1_100, reserved: 1_000, spent: 100, refundable: 0, returned: 0 },
  ],
  [
    'a closed job has paid or given back everything',
    closed,
    { deposited: 1_100, reserved: 0, spent: 300, refundable: 0, returned: 800 },
  ],
  [
    'what payees have not taken when the job is closed stays reserved for them',
    { ...closed, claimed: wei(120) },
    { deposited: 1_100, reserved: 180, spent: 120, refundable: 0, returned: 800 },
  ],
  [
    'bounties and what the bond lost are seen in what did not come back',
    { ...closed, refunded: wei(690), bondReturned: wei(75) },
    { deposited: 1_100, reserved: 0, spent: 335, refundable: 0, returned: 765 },
  ],
])('%s', (_, deposit, money) => {
  expect(jobMoney(deposit)).toEqual(
    Object.fromEntries(Object.entries(money).map(([name, amount]) => [name, BigInt(amount)])),
  )
})

test('whatever is known, right or wrong, no number is negative and they add up', () => {
  let seed = 7
  const random = (): Wei => {
    seed = (seed * 48_271) % 0x7fffffff
    return wei(seed % 2_000)
  }
  for (let run = 0; run < 2_000; run += 1) {
    const facts = { budget: random(), bond: random(), claimed: random() }
    const more = { bondLeft: random(), repaid: random(), postReserve: random(), owed: random() }
    const end = { committed: random(), refunded: random(), bondReturned: random() }
    for (const deposit of [
      { kind: 'open', ...facts, ...more } as const,
      { kind: 'closed', ...facts, ...end } as const,
    ]) {
      const { deposited, ...parts } = jobMoney(deposit)
      expect(Object.values(parts).reduce((sum, part) => sum + part, 0n)).toBe(deposited)
      expect(deposited).toBe(facts.budget + facts.bond)
      expect(Object.values(parts).every((part) => part >= 0n)).toBe(true)
    }
  }
})
