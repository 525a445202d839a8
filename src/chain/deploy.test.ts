import { afterAll, expect, test } from 'vitest'
import { accountOf, makeKey } from '../protocol/account.ts'
import { toWei } from '../protocol/wei.ts'
import { startAnvil } from './anvil.ts'
import { ESCROW, openChain } from './chain.ts'
import { deployCost, deployEscrow, isDeployed, requireEscrow } from './deploy.ts'
import { fund } from './faucet.ts'

const end = new AbortController()
const anvil = await startAnvil({ signal: end.signal })
const chain = openChain({ rpcUrl: anvil.rpcUrl, pollMs: 20 })

afterAll(() => {
  end.abort()
  return anvil.ended
})

test('two who deploy at the same moment both find the escrow there', async () => {
  await expect(requireEscrow(chain)).rejects.toMatchObject({ code: 'refused' })
  const keys = [makeKey(), makeKey()]
  for (const key of keys) await fund(chain, accountOf(key), toWei(10n ** 18n))
  expect(await Promise.all(keys.map((key) => deployEscrow(chain, key)))).toEqual([ESCROW, ESCROW])
  expect(await isDeployed(chain, ESCROW)).toBe(true)
  await requireEscrow(chain)
})

test('the cost names what the account has, even when that is nothing', async () => {
  const bare = await startAnvil({ signal: end.signal })
  const { gas, fee, balance } = await deployCost(openChain({ rpcUrl: bare.rpcUrl }), accountOf(makeKey()))
  expect(balance).toBe(0n)
  expect(gas).toBeGreaterThan(2_800_000n) // 200 a byte of code alone
  expect(fee).toBeGreaterThanOrEqual(gas)
})
