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
import { compileTokens } from '../chain/token/test-tokens.ts'
import { projectFolder } from './project.ts'

const { chain, rpcUrl, settler, stop } = await startTestChain()
const tokens = await compileTokens(chain, settler)
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
  const [own, foreign, elsewhere, bent, small, coins] = await Promise.all([
    publish('a', '--chain-rpc', rpcUrl), // a new account has no coins, and there is no faucet: so far it gets
    publish('b', '--chain-rpc', other.rpcUrl),
    publish('c', '--chain-rpc', rpcUrl, '--contract', `0x${'12'.repeat(20)}`),
    publish('d', '--contract', '0x12'),
    publish('f', '--chain-rpc', rpcUrl, '--budget', '0'),
    publish('g', '--budget', 'much'),
  ])
  expect(own.errors).toMatch(/weft: The job needs .* coins and some for gas, the account 0x\w{40} has 0\n/)
  expect(foreign.errors).toContain(`There is no contract at ${ESCROW} on this chain`)
  expect(elsewhere.errors).toContain(`There is no contract at 0x${'12'.repeat(20)} on this chain`)
  expect(bent.errors).toContain("option '--contract <address>' argument '0x12' is invalid")
  expect(small.errors).toMatch(/weft: budget: expected [\d.]+ \(one unit\) to [\d.]+ \(the whole job\) coins/)
  expect(coins.errors).toContain("option '--budget <coins>' argument 'much' is invalid")
  expect([own, foreign, elsewhere, bent, small, coins].map(({ code }) => code)).toEqual([1, 1, 1, 2, 2, 2])
})

test('a token that a job is to pay in is read first; what it is not, or what lacks, is said by name', async () => {
  const [plain, rebasing] = [await tokens.deploy('Token', 0n), await tokens.deploy('RebasingToken')]
  const here = ['--chain-rpc', rpcUrl, '--token'] as const
  const [bent, nothing, changing, poor, fine] = await Promise.all([
    publish('h', '--token', '0x12'),
    publish('i', ...here, `0x${'12'.repeat(20)}`),
    publish('j', ...here, rebasing),
    publish('k', ...here, plain),
    publish('l', ...here, plain, '--budget', '0.0000000000000000001'),
  ])
  expect(bent.errors).toContain("option '--token <address>' argument '0x12' is invalid")
  expect(nothing.errors).toContain(`There is no contract at 0x${'12'.repeat(20)}: it is not a token`)
  expect(changing.errors).toContain(`The token ${rebasing} has sharesOf(address): its balances change`)
  expect(poor.errors).toMatch(
    new RegExp(`weft: The job needs [\\d.]+ TOK of the token ${plain}, the account 0x\\w{40} has 0\n`),
  )
  expect(fine.errors).toContain('weft: budget: expected a number such as 0.001, with at most 18 decimals')
  expect([bent, nothing, changing, poor, fine].map(({ code }) => code)).toEqual([2, 1, 1, 1, 2])
})

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
})
