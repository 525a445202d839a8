import { numberToHex } from 'viem'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { accountOf, makeKey } from '../../protocol/account.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { Failure } from '../../protocol/failure.ts'
import { toWei } from '../../protocol/wei.ts'
import { startAnvil } from '../anvil.ts'
import { confirmedBlock, openChain } from '../chain.ts'
import { fund } from '../faucet.ts'
import { send } from '../transaction/send.ts'
import { logPorts } from './ask-logs.ts'
import type { Position, RawLog, ReaderOptions } from './read-range.ts'
import { LogReader, readRange } from './read-range.ts'
import { startFaultyProxy } from './test-proxy.ts'

/** Runtime of a contract that writes as many logs as the first word of its call says: for (n; n > 0; n--) log1(n). */
const LOGGER = '5f355b8015601357805f5fa1600190036002565b00'
const end = new AbortController()
const anvil = await startAnvil({ signal: end.signal })
const proxy = await startFaultyProxy(anvil.rpcUrl)
const direct = openChain({ rpcUrl: anvil.rpcUrl, pollMs: 20 })
const logger = accountOf(makeKey())
const key = makeKey()
const shaky = openChain({ rpcUrl: proxy.rpcUrl, pollMs: 20, escrow: logger })
const ports = logPorts(shaky)
await fund(direct, accountOf(key), toWei(10n ** 20n))
await rpc('anvil_setCode', logger, `0x${LOGGER}`)

const fresh = { ...proxy.faults }
beforeEach(() => {
  Object.assign(proxy.faults, fresh, { next: [] })
  proxy.calls.length = 0
})

afterAll(async () => {
  proxy.close()
  end.abort()
  await anvil.ended
})

function rpc(method: string, ...params: unknown[]): Promise<unknown> {
  return direct.client.request<{ Method: string; Parameters: unknown[]; ReturnType: unknown }>({
    method,
    params,
  })
}

/** Lets the contract write `count` logs in a block of their own. */
function write(count: number) {
  return send(direct, key, { action: 'write', to: logger, data: numberToHex(count, { size: 32 }) })
}

function mine(count: number): Promise<unknown> {
  return rpc('anvil_mine', numberToHex(count))
}

/** What the chain itself has, asked for block by block. */
async function truth(fromBlock: bigint, toBlock: bigint): Promise<string[]> {
  const logs: { blockNumber: Hex; logIndex: Hex }[] = []
  for (let block = fromBlock; block <= toBlock; block += 1n) {
    const number = numberToHex(block)
    logs.push(
      ...((await rpc('eth_getLogs', { address: logger, fromBlock: number, toBlock: number })) as typeof logs),
    )
  }
  return logs.map(({ blockNumber, logIndex }) => `${BigInt(blockNumber)}/${Number(logIndex)}`)
}

const names = (logs: readonly RawLog[]) =>
  logs.map(({ blockNumber, logIndex }) => `${blockNumber}/${logIndex}`)

/** Follows a reader up to a block through all outages, as `watchEscrow` does. */
async function follow(reader: LogReader, head: bigint, turns = 60) {
  const seen = {
    logs: [] as string[],
    rewound: [] as bigint[],
    outages: [] as string[],
    trail: [] as Position[],
  }
  for (let turn = 0; turn < turns && reader.next <= head; turn += 1) {
    try {
      for await (const part of reader.read(head)) {
        if (part.kind === 'rewound') seen.rewound.push(part.fromBlock)
        else {
          seen.logs.push(...names(part.logs))
          seen.trail.push(part.at)
        }
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      seen.outages.push(error.message)
    }
  }
  return seen
}

/** The lengths of the ranges that were asked for. */
function lengths(): number[] {
  return proxy.calls.flatMap(({ method, params: [range] }) => {
    if (method !== 'eth_getLogs') return []
    const { fromBlock, toBlock } = range as { fromBlock: string; toBlock: string }
    return [Number(toBlock) - Number(fromBlock) + 1]
  })
}

function readerFrom(fromBlock: bigint, options: Partial<ReaderOptions> = {}): LogReader {
  return new LogReader(ports, { fromBlock, ...options })
}

/** Some logs with many empty blocks between them. */
async function scatter() {
  const first = await write(3)
  for (const [blocks, count] of [
    [170, 1],
    [230, 2],
    [1, 1],
    [310, 4],
  ] as const) {
    await mine(blocks)
    await write(count)
  }
  const head = await confirmedBlock(direct)
  return {
    fromBlock: first.blockNumber,
    head,
    known: { blockNumber: first.blockNumber, hash: first.transactionHash },
  }
}

const scene = await scatter()
const expected = await truth(scene.fromBlock, scene.head)

test('one request is enough for a node that answers in full', async () => {
  expect(expected).toHaveLength(11)
  expect(names(await readRange(ports, { fromBlock: scene.fromBlock, toBlock: scene.head }))).toEqual(expected)
  expect(lengths()).toEqual([Number(scene.head - scene.fromBlock) + 1])
})

test('a range that is refused is halved until it is answered, and grows when the node takes longer ones again', async () => {
  proxy.faults.maxBlocks = 20
  const reader = readerFrom(scene.fromBlock)
  const half = scene.fromBlock + 300n
  const before = await follow(reader, half)
  expect(lengths().filter((length) => length > 20).length).toBeLessThan(lengths().length / 3)
  proxy.faults.maxBlocks = Number.POSITIVE_INFINITY
  proxy.calls.length = 0
  const after = await follow(reader, scene.head)
  expect([...before.logs, ...after.logs]).toEqual(expected)
  expect(Math.max(...lengths())).toBeGreaterThan(40)
  expect([...before.outages, ...after.outages]).toEqual([])
})

test.each(['drop', 'lose', 429, 503, -32005] as const)(
  'after %s the reader goes on where it was',
  async (fault) => {
    const reader = readerFrom(scene.fromBlock)
    const early = await follow(reader, scene.fromBlock + 200n)
    proxy.calls.length = 0
    proxy.faults.next = [fault, fault]
    const late = await follow(reader, scene.head)
    expect([...early.logs, ...late.logs]).toEqual(expected)
    expect(late.outages).toHaveLength(2)
    const asked = proxy.calls.filter(({ method }) => method === 'eth_getLogs')
    for (const { params } of asked)
      expect(params[0]).toMatchObject({ fromBlock: numberToHex(scene.fromBlock + 201n) })
  },
)

test('a single read waits out what passes, and gives up on what does not', async () => {
  const range = { fromBlock: scene.fromBlock, toBlock: scene.head }
  proxy.faults.next = ['drop', 429, -32005]
  expect(names(await readRange(ports, range))).toEqual(expected)
  proxy.faults.next = Array<'drop'>(20).fill('drop')
  await expect(readRange(ports, range)).rejects.toMatchObject({ code: 'unreachable' })
})

test('a node that hangs up on long ranges is asked for shorter ones', async () => {
  Object.assign(proxy.faults, { maxBlocks: 300, overRange: 'drop' })
  const seen = await follow(readerFrom(scene.fromBlock), scene.head)
  expect(seen.logs).toEqual(expected)
  expect(seen.outages.length).toBeGreaterThan(0)
})

test('an empty answer to a long range is caught by a log that must be there', async () => {
  Object.assign(proxy.faults, { maxBlocks: 50, overRange: 'empty' })
  const deceived = await follow(readerFrom(scene.fromBlock), scene.head)
  expect(deceived.logs).toEqual([])
  const { known } = scene
  expect((await follow(readerFrom(scene.fromBlock, { known }), scene.head)).logs).toEqual(expected)
  proxy.calls.length = 0
  const later = readerFrom(scene.fromBlock + 1n, { known })
  expect((await follow(later, scene.head)).logs).toEqual(expected.slice(3))
  expect(lengths().filter((length) => length > 50).length).toBeLessThan(8)
})

test('a node that leaves out the known log altogether is an outage, not an empty chain', async () => {
  proxy.faults.maxLogs = 0
  const { known } = scene
  const seen = await follow(readerFrom(scene.fromBlock, { known }), scene.head, 5)
  expect(seen.logs).toEqual([])
  expect(seen.outages[0]).toContain(`the node leaves out what is in block ${known.blockNumber}`)
})

test('a known log that a reorg has moved is asked for no more', async () => {
  const known = { ...scene.known, hash: numberToHex(7, { size: 32 }) }
  const seen = await follow(readerFrom(scene.fromBlock, { known }), scene.head)
  expect(seen).toMatchObject({ logs: expected, outages: [] })
})

test('a list that is cut at a round number is asked for again in parts', async () => {
  const { blockNumber } = await write(70)
  await mine(40)
  await write(60)
  await write(90)
  const head = await confirmedBlock(direct)
  proxy.faults.maxLogs = 100
  expect(names(await readRange(ports, { fromBlock: blockNumber, toBlock: head }))).toEqual(
    await truth(blockNumber, head),
  )
  expect(lengths().length).toBeGreaterThan(2)
})

test('a block that really has a round number of logs is read', async () => {
  const { blockNumber } = await write(200)
  const logs = await readRange(ports, { fromBlock: blockNumber, toBlock: blockNumber })
  expect(logs).toHaveLength(200)
})

test('a node that is behind is waited for: nothing is skipped and nothing told twice', async () => {
  const { blockNumber } = await write(2)
  await write(1)
  const head = await confirmedBlock(direct)
  const reader = readerFrom(blockNumber)
  proxy.faults.behind = 1
  expect(await confirmedBlock(shaky)).toBe(head - 1n)
  expect((await follow(reader, head)).logs).toEqual([])
  expect((await follow(reader, head - 1n)).logs).toHaveLength(2)
  proxy.faults.behind = 3 // the block number goes back below what was read
  expect(await follow(reader, await confirmedBlock(shaky))).toMatchObject({
    logs: [],
    rewound: [],
    outages: [],
  })
  proxy.faults.behind = 0
  expect((await follow(reader, head)).logs).toEqual([`${head}/0`])
})

test('a node that takes no batches is asked one call after the other', async () => {
  proxy.faults.noBatches = true
  const range = { fromBlock: scene.fromBlock, toBlock: scene.head }
  expect(names(await readRange(ports, range))).toEqual(expected)
})

test('what a reorg removed is void, and what came in its place is told', async () => {
  const { blockNumber } = await write(1)
  const reader = readerFrom(blockNumber)
  const snapshot = await rpc('evm_snapshot')
  await follow(reader, blockNumber)
  await write(2)
  expect((await follow(reader, blockNumber + 1n)).logs).toHaveLength(2)
  await mine(3)
  await follow(reader, blockNumber + 4n)
  await rpc('evm_revert', snapshot)
  await mine(2)
  await write(5)
  expect(await follow(reader, blockNumber + 3n)).toMatchObject({ logs: [], rewound: [] }) // no longer than what was read
  await mine(5)
  const after = await follow(reader, blockNumber + 8n)
  expect(after.rewound).toEqual([blockNumber + 1n])
  expect(after.logs).toEqual([0, 1, 2, 3, 4].map((index) => `${blockNumber + 3n}/${index}`))
})

test('a reader begins again where an earlier one was, unless that block is gone', async () => {
  const { blockNumber } = await write(1)
  const { trail } = await follow(readerFrom(blockNumber), blockNumber)
  const snapshot = await rpc('evm_snapshot')
  await write(1)
  const further = readerFrom(0n, { trail })
  const seen = await follow(further, blockNumber + 1n)
  expect(seen.logs).toEqual([`${blockNumber + 1n}/0`])
  await rpc('evm_revert', snapshot)
  await mine(1)
  await write(3)
  const again = readerFrom(0n, { trail: [...trail, ...seen.trail] })
  const anew = await follow(again, blockNumber + 2n)
  expect(anew.rewound).toEqual([blockNumber + 1n])
  expect(anew.logs).toHaveLength(3)
})
