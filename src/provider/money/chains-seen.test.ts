import { expect, test } from 'vitest'
import type { ChainName } from '../../protocol/announcement.ts'
import { Failure } from '../../protocol/failure.ts'
import { toWei } from '../../protocol/wei.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import type { Values } from '../../store/store.ts'
import { chainKey, voidedOn, within } from './chains-seen.ts'

const chain = (digit: string, chainId = 31337): ChainName => ({ chainId, genesis: `0x${digit.repeat(64)}` })
const [first, second, other] = [chain('1'), chain('2'), chain('3', 1)]

/** A purse of which half is claimable. */
const moneyIn = async (values: Values) => {
  const half = toWei(BigInt(((await values.get('held')) as number | undefined) ?? 0))
  return { promised: half, claimable: half, inTransit: toWei(0n), paid: toWei(100n) }
}

test('what is held of a chain that was started afresh is void, on this chain only', async () => {
  const { values } = openMemoryStore()
  expect(await voidedOn(values, first, moneyIn)).toBe(0n)
  await within(values, chainKey(first)).set('held', 7)
  expect(await voidedOn(values, first, moneyIn)).toBe(0n)
  expect(await voidedOn(values, second, moneyIn)).toBe(14n)
  expect(await voidedOn(values, other, moneyIn)).toBe(0n)
})

test('a purse of a gone chain that an earlier version wrote in another form stops nothing, another trouble does', async () => {
  const { values } = openMemoryStore()
  await voidedOn(values, first, moneyIn)
  const failing = (code: 'malformed' | 'storage') => () => Promise.reject(new Failure(code, 'purse'))
  expect(await voidedOn(values, second, failing('malformed'))).toBe(0n)
  await expect(voidedOn(values, second, failing('storage'))).rejects.toThrow('purse')
})
