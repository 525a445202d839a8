import { afterAll, expect, test } from 'vitest'
import { accountOf, makeKey } from '../../protocol/account.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import { toWei } from '../../protocol/wei.ts'
import { balanceOf } from '../chain.ts'
import { cashout, claim, claimCredit, claimMany } from './payouts.ts'
import { isClaimed, isNonceUsed, readCredit } from './read-escrow.ts'
import { ask, someone, startStage } from './test-job.ts'

const { chain, publisher, settler, stop, earn, order } = await startStage()
const NONCE = 2n ** 255n + 300n

afterAll(() => stop())

test('an account that refuses coins stops nobody: it has a credit, and is paid when it takes them', async () => {
  const [ann, contract] = [someone(), someone()]
  const { leaves } = await earn([
    [ann, 3n],
    [contract, 4n],
  ])
  await ask(chain, 'anvil_setCode', contract, '0x60006000fd')
  const [, refused = fail()] = leaves
  await expect(claim(chain, settler, refused)).rejects.toThrow('PayRefused(')
  const { events } = await claimMany(chain, settler, leaves)
  expect(events.map(({ kind }) => kind)).toEqual(['claimed', 'claimed', 'credited'])
  expect(events[2]).toMatchObject({ account: contract, token: ZERO_ADDRESS, amount: 4n })
  expect(await balanceOf(chain, ann)).toBe(3n)
  expect(await readCredit(chain, ZERO_ADDRESS, contract)).toBe(4n)
  await ask(chain, 'anvil_setCode', contract, '0x')
  const paid = await claimCredit(chain, settler, { token: ZERO_ADDRESS, account: contract })
  expect(paid.events).toMatchObject([{ kind: 'credit-paid', account: contract, amount: 4n }])
  expect(await balanceOf(chain, contract)).toBe(4n)
  expect(await readCredit(chain, ZERO_ADDRESS, contract)).toBe(0n)
})

test('leaves of several jobs are claimed at once', async () => {
  const ann = someone()
  const [one, two] = [await earn([[ann, 3n]]), await earn([[ann, 4n]])]
  await claimMany(chain, settler, [...one.leaves, ...two.leaves])
  expect(await balanceOf(chain, ann)).toBe(7n)
})

test('a relayer cashes out what an account without gas has earned, for the fee it signed, once', async () => {
  const [key, to] = [makeKey(), someone()]
  const { jobId, leaves } = await earn([[accountOf(key), 100n]])
  const money = { maxFee: toWei(10n), minOut: toWei(90n) }
  const call = order(key, { to, token: ZERO_ADDRESS, ...money, nonce: NONCE, leaves })
  await expect(cashout(chain, settler, { ...call, fee: toWei(11n) })).rejects.toThrow(
    'FeeTooHigh(fee 11, limit 10)',
  )
  await expect(cashout(chain, settler, { ...call, leaves: [] })).rejects.toThrow('TooLittle(')
  const before = await balanceOf(chain, accountOf(settler))
  const { events, feeWei } = await cashout(chain, settler, call)
  expect(await balanceOf(chain, to)).toBe(90n)
  expect(await balanceOf(chain, accountOf(settler))).toBe(before - feeWei + 10n)
  expect(events.at(-1)).toMatchObject({
    kind: 'cashed-out',
    account: accountOf(key),
    to,
    amount: 90n,
    fee: 10n,
    nonce: NONCE,
  })
  expect(await isClaimed(chain, { jobId, epoch: 0, index: 0 })).toBe(true)
  expect(await isNonceUsed(chain, accountOf(key), NONCE)).toBe(true)
  expect(await isNonceUsed(chain, accountOf(key), NONCE + 1n)).toBe(false)
  await expect(cashout(chain, settler, call)).rejects.toThrow('NonceUsed(')
})

test('many accounts are cashed out to one address in one transaction', async () => {
  const keys = [makeKey(), makeKey(), makeKey()]
  const to = someone()
  const { leaves } = await earn(keys.map((key, place) => [accountOf(key), BigInt(place + 1)] as const))
  const calls = keys.map((key, place) => {
    const rules = { to, token: ZERO_ADDRESS, maxFee: toWei(0n), minOut: toWei(1n), nonce: 0n }
    return order(key, { ...rules, leaves: leaves.slice(place, place + 1) })
  })
  await cashout(chain, publisher, ...calls)
  expect(await balanceOf(chain, to)).toBe(6n)
})

function fail(): never {
  throw new Error('it is not there')
}
