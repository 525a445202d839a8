import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startAnvil } from '../chain/anvil.ts'
import { chainIdentity, ESCROW, openChain } from '../chain/chain.ts'
import { startTestChain } from '../chain/test-chain.ts'
import { projectFolder } from './project.ts'

const { chain, rpcUrl, stop } = await startTestChain()
const end = new AbortController()
const other = await startAnvil({ signal: end.signal })
const folder = await mkdtemp(join(tmpdir(), 'weft-publish-'))
const network = {
  ...(await chainIdentity(chain)),
  escrow: ESCROW,
  rpc: '/rpc', // nothing answers there: the flag must be what counts
  relays: [],
  iceServers: [],
  currency: 'ETH',
  isTest: true,
}
const site = createServer((request, response) => {
  response.writeHead(request.url === '/network.json' ? 200 : 404).end(JSON.stringify(network))
})
await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`

afterAll(async () => {
  site.close()
  end.abort()
  await Promise.all([stop(), other.ended])
  await rm(folder, { recursive: true })
})

function publish(name: string, ...args: string[]): Promise<{ code: number | null; errors: string }> {
  const manifest = join(projectFolder(), 'docs/example/manifest.json')
  const all = ['--import', 'tsx', join(import.meta.dirname, 'weft.ts'), 'publish', manifest]
  const where = ['--network', url, '--data', join(folder, name), '--out', join(folder, 'out')]
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...all, ...where, ...args], (_, __, errors) => {
      resolve({ code: child.exitCode, errors })
    })
  })
}

test('publish asks the chain where --chain-rpc says, and refuses one that is not the network’s', async () => {
  const [own, foreign, elsewhere, bent] = await Promise.all([
    publish('a', '--chain-rpc', rpcUrl), // a new account has no coins, and there is no faucet: so far it gets
    publish('b', '--chain-rpc', other.rpcUrl),
    publish('c', '--chain-rpc', rpcUrl, '--contract', `0x${'12'.repeat(20)}`),
    publish('d', '--contract', '0x12'),
  ])
  expect(own.errors).toMatch(/weft: The job needs .* coins and some for gas, the account 0x\w{40} has 0\n/)
  expect(foreign.errors).toContain(`There is no contract at ${ESCROW} on this chain`)
  expect(elsewhere.errors).toContain(`There is no contract at 0x${'12'.repeat(20)} on this chain`)
  expect(bent.errors).toContain("option '--contract <address>' argument '0x12' is invalid")
  expect([own, foreign, elsewhere, bent].map(({ code }) => code)).toEqual([1, 1, 1, 2])
}, 60_000)

test('a node of another chain is refused even where the contract is', async () => {
  const twin = await startTestChain()
  const isSame = (await chainIdentity(openChain({ rpcUrl: twin.rpcUrl }))).genesis === network.genesis
  const { code, errors } = await publish('e', '--chain-rpc', twin.rpcUrl)
  await twin.stop()
  expect(isSame).toBe(false)
  expect({ code, errors }).toMatchObject({
    code: 1,
    errors: expect.stringContaining('; this network is on '),
  })
}, 60_000)
