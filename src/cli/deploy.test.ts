import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startAnvil } from '../chain/anvil.ts'
import { balanceOf, ESCROW, openChain } from '../chain/chain.ts'
import { isDeployed } from '../chain/deploy.ts'
import { accountOf, makeKey, type PrivateKey } from '../protocol/account.ts'
import { toDigits } from '../protocol/bytes.ts'
import { KEY_VARIABLE } from './deploy.ts'

const FACTORY = '0x4e59b44847b379578588920cA78FbF26c0B4956C'
const end = new AbortController()
const folder = await mkdtemp(join(tmpdir(), 'weft-deploy-'))
const [local, base] = await Promise.all([
  startAnvil({ signal: end.signal }),
  startAnvil({ signal: end.signal, chainId: 84532 }),
])

afterAll(async () => {
  end.abort()
  await Promise.all([local.ended, base.ended])
  await rm(folder, { recursive: true })
})

async function ask(rpcUrl: string, method: string, ...params: unknown[]): Promise<void> {
  const { client } = openChain({ rpcUrl })
  await client.request<{ Method: string; Parameters: unknown[]; ReturnType: unknown }>({ method, params })
}

/** A key whose account has a coin on a chain. */
async function richKey(rpcUrl: string): Promise<PrivateKey> {
  const key = makeKey()
  await ask(rpcUrl, 'anvil_setBalance', accountOf(key), '0xde0b6b3a7640000')
  return key
}

/** Runs the command; nothing of what it says may ever hold the key. */
function weftDeploy(args: readonly string[], key?: PrivateKey) {
  const all = ['--import', 'tsx', join(import.meta.dirname, 'weft.ts'), 'deploy', ...args]
  const env = { ...process.env, [KEY_VARIABLE]: key === undefined ? '' : toDigits(key) }
  return new Promise<{ code: number | null; out: string; errors: string }>((resolve) => {
    const child = execFile(process.execPath, all, { env }, (_, out, errors) => {
      if (key !== undefined) expect(out + errors).not.toContain(toDigits(key))
      resolve({ code: child.exitCode, out, errors })
    })
  })
}

test('what cannot work is refused before anything is sent, each with its reason', async () => {
  const key = await richKey(local.rpcUrl)
  const file = join(folder, 'open.key')
  await writeFile(file, toDigits(key))
  await chmod(file, 0o644)
  const rpc = ['--chain-rpc', local.rpcUrl]
  const poor = makeKey()
  const runs = await Promise.all([
    weftDeploy(rpc),
    weftDeploy([...rpc, '--key-file', file]),
    weftDeploy(rpc, poor),
    weftDeploy([...rpc, '--chain-id', '8453'], key),
    weftDeploy(['--chain-rpc', 'http://127.0.0.1:1/v2/password'], key),
    weftDeploy(['--chain-rpc', 'ws://127.0.0.1'], key),
    weftDeploy([...rpc, '--dry-run'], key),
  ])
  expect(runs.map(({ code }) => code)).toEqual([2, 2, 1, 1, 1, 2, 0])
  const texts = runs.map(({ out, errors }) => out + errors)
  expect(texts[0]).toBe('weft: No key: give the account that pays by --key-file or in WEFT_KEY\n')
  expect(texts[1]).toContain(`others may read it (mode 644). Run: chmod 600 ${file}`)
  expect(texts[2]).toMatch(`Account ${accountOf(poor)} has 0 ETH, the deployment may take 0.0`)
  expect(texts[3]).toContain('is Local chain (31337), not Base (8453) as --chain-id says')
  expect(texts[4]).toContain('No chain answers at 127.0.0.1:1: ')
  expect(texts[4]).not.toContain('password')
  expect(texts[5]).toContain("option '--chain-rpc <url>' argument 'ws://127.0.0.1' is invalid")
  expect(texts[6]).toContain(`Account ${accountOf(key)} pays; it has 1 ETH`)
  expect(await isDeployed(openChain({ rpcUrl: local.rpcUrl }), ESCROW)).toBe(false)
})

test('the escrow is deployed for no more than was said, and a second time nothing is sent', async () => {
  const key = await richKey(local.rpcUrl)
  const chain = openChain({ rpcUrl: local.rpcUrl })
  const first = await weftDeploy(['--chain-rpc', local.rpcUrl, '--json'], key)
  const events = first.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events.at(-1)).toEqual({ event: 'deployed', chainId: 31337, escrow: ESCROW, already: false })
  expect(await isDeployed(chain, ESCROW)).toBe(true)
  const paid = 10n ** 18n - (await balanceOf(chain, accountOf(key)))
  const { feeWei } = events.find(({ event }) => event === 'cost')
  expect(paid).toBeGreaterThan(0n)
  expect(paid).toBeLessThanOrEqual(BigInt(feeWei))

  const again = await weftDeploy(['--chain-rpc', local.rpcUrl])
  const line = `The escrow is already there: ${ESCROW} on Local chain (31337)\n`
  expect(again).toEqual({ code: 0, out: line, errors: '' })
})

test('another chain gets it at the same address, from a key file, after that chain’s confirmations', async () => {
  const key = await richKey(base.rpcUrl)
  const file = join(folder, 'deployer.key')
  await writeFile(file, `0x${toDigits(key)}\n`, { mode: 0o600 })
  await ask(base.rpcUrl, 'evm_setIntervalMining', 1)
  const args = ['--chain-rpc', base.rpcUrl, '--chain-id', '84532', '--key-file', file]
  const { code, out, errors } = await weftDeploy(args)
  expect({ code, errors }).toEqual({ code: 0, errors: '' })
  expect(out).toContain('Sending, and waiting for 6 blocks\n')
  expect(out).toContain(`The escrow is at ${ESCROW} on Base Sepolia (84532)\n`)
  expect(out).not.toContain(toDigits(key))
})

test('a chain without the factory is refused, and the way out is named', async () => {
  const bare = await startAnvil({ signal: end.signal })
  await ask(bare.rpcUrl, 'anvil_setCode', FACTORY, '0x')
  const { code, errors } = await weftDeploy(['--chain-rpc', bare.rpcUrl], await richKey(bare.rpcUrl))
  expect(code).toBe(1)
  expect(errors).toMatch(/no CREATE2 factory at 0x4e59.*see docs\/chains.md/)
})
