import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { accountOf, makeKey } from '../protocol/account.ts'
import { toWei } from '../protocol/wei.ts'
import { startAnvil } from './anvil.ts'
import { balanceOf, chainIdentity, openChain } from './chain.ts'
import { fund } from './faucet.ts'

test('the local chain gives test money, adds it up, and keeps it over a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-chain-'))
  const stateFile = join(folder, 'chain.json')
  const account = accountOf(makeKey())
  const run = async (work: (rpcUrl: string) => Promise<void>) => {
    const stop = new AbortController()
    const anvil = await startAnvil({ stateFile, signal: stop.signal })
    await work(anvil.rpcUrl).finally(() => stop.abort())
    await anvil.ended
  }
  let genesis = ''
  await run(async (rpcUrl) => {
    const chain = openChain({ rpcUrl, pollMs: 20 })
    await Promise.all([fund(chain, account, toWei(5n)), fund(chain, account, toWei(2n))])
    expect(await balanceOf(chain, account)).toBe(7n)
    genesis = (await chainIdentity(chain)).genesis
  })
  await run(async (rpcUrl) => {
    const chain = openChain({ rpcUrl })
    expect(await balanceOf(chain, account)).toBe(7n)
    expect(await chainIdentity(chain)).toEqual({ chainId: 31337, genesis })
  })
  rmSync(folder, { recursive: true })
})

test('there is no faucet on any other chain', async () => {
  const stop = new AbortController()
  const anvil = await startAnvil({ chainId: 8453, signal: stop.signal })
  const chain = openChain({ rpcUrl: anvil.rpcUrl })
  await expect(fund(chain, accountOf(makeKey()), toWei(1n))).rejects.toMatchObject({
    code: 'refused',
    message: 'There is a faucet on the local chain (31337) only, not on Base (8453)',
  })
  stop.abort()
  await anvil.ended
})

test('a port that is taken is named', async () => {
  const stop = new AbortController()
  const anvil = await startAnvil({ signal: stop.signal })
  const port = Number(new URL(anvil.rpcUrl).port)
  await expect(startAnvil({ port, signal: stop.signal })).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining(`Port ${port} for the local chain cannot be had`),
  })
  stop.abort()
  await anvil.ended
})
