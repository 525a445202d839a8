import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LocalChain, startAnvil } from './anvil.ts'
import { chainFiles, copyState } from './chain-state.ts'
import { endProcess, isRunning, nameProcess } from './process.ts'

const RICH = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266'
const POOR = '0x00000000000000000000000000000000000000aa'

let folder = ''
let lines: string[] = []
const stops: AbortController[] = []
const chains: LocalChain[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-anvil-'))
  lines = []
})
afterEach(async () => {
  for (const stop of stops.splice(0)) stop.abort()
  await Promise.all(chains.splice(0).map((chain) => chain.ended))
  await rm(folder, { recursive: true, force: true })
})

type Running = { chain: LocalChain; end(): Promise<string | undefined> }

async function start(): Promise<Running> {
  const stop = new AbortController()
  const report = (line: string) => void lines.push(line)
  const chain = await startAnvil({ folder, port: 0, report }, stop.signal)
  stops.push(stop)
  chains.push(chain)
  const end = () => {
    stop.abort()
    return chain.ended
  }
  return { chain, end }
}

async function rpc({ rpcUrl }: LocalChain, method: string, params: unknown[] = []): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const answer = await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  return ((await answer.json()) as { result: unknown }).result
}

async function give(chain: LocalChain): Promise<void> {
  const hash = await rpc(chain, 'eth_sendTransaction', [{ from: RICH, to: POOR, value: '0x5' }])
  while ((await rpc(chain, 'eth_getTransactionReceipt', [hash])) === null) await sleep(20)
}

const balance = (chain: LocalChain) => rpc(chain, 'eth_getBalance', [POOR, 'latest'])

test('block 0 and the balances are the same after every one of five restarts', async () => {
  const first = await start()
  await give(first.chain)
  expect(await first.end()).toBeUndefined()
  for (let round = 0; round < 5; round += 1) {
    const { chain, end } = await start()
    expect(chain.genesis).toBe(first.chain.genesis)
    expect(await balance(chain)).toBe('0x5')
    await end()
  }
})

test('another folder is another chain', async () => {
  const { chain, end } = await start()
  await end()
  await rm(folder, { recursive: true })
  folder = await mkdtemp(join(tmpdir(), 'weft-anvil-'))
  await sleep(1_000) // block 0 carries a time in seconds
  expect((await start()).chain.genesis).not.toBe(chain.genesis)
})

test('a page of another origin cannot read from the chain', async () => {
  const { chain } = await start()
  const headers = { 'content-type': 'application/json', origin: 'https://elsewhere.example' }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] })
  const answer = await fetch(chain.rpcUrl, { method: 'POST', headers, body })
  expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  const asked = {
    ...headers,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type',
  }
  const before = await fetch(chain.rpcUrl, { method: 'OPTIONS', headers: asked })
  expect(before.headers.get('access-control-allow-origin')).toBeNull()
})

test('a chain that was killed comes back with what it had written, and says what happened', async () => {
  const { chain } = await start()
  await give(chain)
  await sleep(2_500)
  process.kill(chain.pid, 'SIGKILL')
  expect(await chain.ended).toMatch(/The local chain stopped: it ended with SIGKILL/)
  const again = await start()
  expect(again.chain.genesis).toBe(chain.genesis)
  expect(await balance(again.chain)).toBe('0x5')
})

test('a chain left behind by a killed run is ended, and its last block is kept', async () => {
  const { chain } = await start()
  await give(chain)
  const again = await start() // nobody ended the first: as after kill -9 of its parent
  expect(lines).toContain(`Ending the local chain (process ${chain.pid}) that an earlier run left behind`)
  expect(nameProcess(chain.pid)).toBeUndefined()
  expect(again.chain.genesis).toBe(chain.genesis)
  expect(await balance(again.chain)).toBe('0x5')
})

test('a process that only has the number of an old chain is left alone', async () => {
  const bystander = spawn('sleep', ['60'])
  const name = nameProcess(bystander.pid ?? 0)
  if (name === undefined) throw new Error('no bystander')
  await writeFile(join(folder, 'anvil.pid'), JSON.stringify({ ...name, birth: '1' }))
  await start()
  expect(isRunning(name)).toBe(true)
  await endProcess(name)
  expect(isRunning(name)).toBe(false)
})

test('a state cut off in the middle is replaced by its copy, and said so', async () => {
  const first = await start()
  await give(first.chain)
  await first.end()
  const files = chainFiles(folder)
  await copyState(files)
  const text = await readFile(files.state, 'utf8')
  await writeFile(files.state, text.slice(0, text.length / 2))
  await copyState(files) // half a file is never copied
  const again = await start()
  expect(lines.join()).toMatch(/was cut off while it was written/)
  expect(again.chain.genesis).toBe(first.chain.genesis)
  expect(await balance(again.chain)).toBe('0x5')
})

test('a state that cannot be read and has no copy stops the start and names the way out', async () => {
  await (await start()).end()
  await writeFile(chainFiles(folder).state, '{')
  await expect(start()).rejects.toThrow(/cannot be read\. Start anew with --fresh/)
})

test('a port that is taken ends the start with the reason', async () => {
  const { chain } = await start()
  const other = await mkdtemp(join(tmpdir(), 'weft-anvil-'))
  const options = { folder: other, port: Number(new URL(chain.rpcUrl).port), report: () => undefined }
  await expect(startAnvil(options, new AbortController().signal)).rejects.toThrow(
    /^Port \d+ \(chain\) is taken/,
  )
  await rm(other, { recursive: true })
})
