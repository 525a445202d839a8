import { spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { balanceOf, type Chain, chainIdentity, openChain } from '../../chain/chain.ts'
import { accountOf, makeKey } from '../../protocol/account.ts'
import { findAnvil } from '../local/find-anvil.ts'
import { pickPort } from '../ports.ts'
import { FAUCET_LEVEL, makeFaucet } from './faucet.ts'

const ends: (() => void)[] = []
let local: Chain
let elsewhere: Chain

beforeAll(async () => {
  local = await startChain(31337)
  elsewhere = await startChain(10)
})
afterAll(() => {
  for (const end of ends) end()
})

async function startChain(chainId: number): Promise<Chain> {
  const port = await pickPort({ name: 'chain', usual: 0, wanted: 0, report: () => undefined })
  const child = spawn(findAnvil(), ['--port', String(port), '--chain-id', String(chainId), '--silent'])
  ends.push(() => child.kill())
  const chain = openChain({ rpcUrl: `http://127.0.0.1:${port}`, pollMs: 10 })
  await vi.waitFor(() => chainIdentity(chain), { timeout: 15_000 })
  return chain
}

test('an account is filled up to the level, and not again while it holds half of it', async () => {
  const account = accountOf(makeKey())
  const faucet = makeFaucet(local)
  expect(await faucet(account)).toEqual({ given: FAUCET_LEVEL, balance: FAUCET_LEVEL })
  expect(await faucet(account)).toEqual({ given: 0n, balance: FAUCET_LEVEL })
  expect(await balanceOf(local, account)).toBe(FAUCET_LEVEL)
})

test('there is a limited number of gifts in a minute', async () => {
  const faucet = makeFaucet(local)
  for (let gift = 0; gift < 60; gift += 1) await faucet(accountOf(makeKey()))
  await expect(faucet(accountOf(makeKey()))).rejects.toThrow(/given enough for this minute/)
})

test('nothing is given on a chain with another id', async () => {
  const account = accountOf(makeKey())
  await expect(makeFaucet(elsewhere)(account)).rejects.toThrow(
    /on the local chain \(31337\) only, not on OP Mainnet/,
  )
  expect(await balanceOf(elsewhere, account)).toBe(0n)
})
