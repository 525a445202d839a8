import { numberToHex } from 'viem'
import { getTransactionReceipt } from 'viem/actions'
import type { Hex } from '../../protocol/bytes.ts'
import { Failure, malformed, reason } from '../../protocol/failure.ts'
import { readList, readText } from '../../protocol/read.ts'
import type { Chain } from '../chain.ts'
import type { Answer, BlockRange, LogPorts, RawLog } from './read-range.ts'

type Call = { readonly method: string; readonly params: readonly unknown[] }
type Reply = {
  readonly result?: unknown
  readonly error?: { readonly code?: unknown; readonly message?: unknown }
}

const TIMEOUT_MS = 20_000
const MAX_LOGS = 1_000_000

/** What a log's topics must be, place by place: a value, one of several, or `null` for any. */
export type Topics = readonly (Hex | null | readonly Hex[])[]

/** Connects a reader to the escrow's logs on a chain; without `topics` to all of them. */
export function logPorts(chain: Chain, topics: Topics = []): LogPorts {
  return {
    ask: (range) => askLogs(chain, topics, range),
    hashOf: async (number) => {
      const [reply] = await post(chain, [blockCall(number)])
      return hashIn(reply)
    },
    holds: async ({ blockNumber, hash }) => {
      const receipt = await getTransactionReceipt(chain.client, { hash }).catch(() => undefined) // gone, or not told
      return receipt?.blockNumber === blockNumber
    },
  }
}

/**
 * Asks in one request for the logs of a range, its last block and the one before it: a node that is behind answers
 * with fewer logs as if that were all, but it does not have the block.
 */
async function askLogs(chain: Chain, topics: Topics, { fromBlock, toBlock }: BlockRange): Promise<Answer> {
  const range = { fromBlock: numberToHex(fromBlock), toBlock: numberToHex(toBlock) }
  const filter = { address: chain.escrow, ...range, ...(topics.length === 0 ? {} : { topics }) }
  const calls = [
    blockCall(fromBlock === 0n ? 0n : fromBlock - 1n),
    { method: 'eth_getLogs', params: [filter] },
    blockCall(toBlock),
  ]
  try {
    const [before, logs, last] = await post(chain, calls)
    for (const reply of [before, logs, last]) throwIfBusy(reply)
    if (logs?.error !== undefined) return { kind: 'refused', failure: failureOf(logs) }
    const [beforeHash, hash] = [hashIn(before), hashIn(last)]
    if (beforeHash === undefined || hash === undefined) return { kind: 'behind' }
    const read = (value: unknown, path: string) => readLog(value, path, { chain, fromBlock, toBlock })
    const found = readList(logs?.result, 'logs', { max: MAX_LOGS, read })
    return { kind: 'logs', logs: found.sort(byPlace), beforeHash, at: { number: toBlock, hash } }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return error.code === 'malformed' ? { kind: 'refused', failure: error } : { kind: 'busy', failure: error }
  }
}

function blockCall(number: bigint): Call {
  return { method: 'eth_getBlockByNumber', params: [numberToHex(number), false] }
}

/** Some nodes take no batches; they are asked one call after the other. */
async function post(chain: Chain, calls: readonly Call[]): Promise<Reply[]> {
  const bodies = calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }))
  const batch = await postJson(chain, bodies)
  if (!Array.isArray(batch)) return Promise.all(bodies.map((body) => postJson(chain, body) as Promise<Reply>))
  return bodies.map(({ id }) => batch.find((reply: { id?: unknown }) => reply.id === id) ?? {})
}

async function postJson({ client }: Chain, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  let status = 0
  try {
    const url = String(client.transport.url)
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal })
    status = answer.status
    if (status === 429) throw new Error('too many requests')
    const json: unknown = await answer.json()
    if (typeof json === 'object' && json !== null) return json
    throw new Error('no JSON-RPC')
  } catch (cause) {
    const why = status === 0 || status === 200 ? reason(cause) : `HTTP ${status}`
    throw new Failure('unreachable', `events: the chain does not answer (${why})`, { cause })
  }
}

/** An error that says "later" and not "too much"; -32005 is used for both. */
function throwIfBusy(reply: Reply | undefined): void {
  if (reply?.error === undefined) return
  const { code, message } = reply.error
  const text = String(message)
  const isTooMuch = /range|results|blocks|logs|response size/i.test(text)
  const isRate = code === -32005 || /\brate|per second|too many requests|capacity|quota|try again/i.test(text)
  if (code === 429 || code === -32007 || (isRate && !isTooMuch)) throw failureOf(reply)
}

function failureOf({ error }: Reply): Failure {
  return new Failure(
    'unreachable',
    `events: the chain answers "${String(error?.message)}" (${String(error?.code)})`,
  )
}

function hashIn(reply: Reply | undefined): Hex | undefined {
  if (reply === undefined || reply.result === null) return undefined
  if (reply.error !== undefined) throw failureOf(reply)
  return readHex((reply.result as { hash?: unknown } | undefined)?.hash, 'block.hash', 66)
}

function readLog(
  value: unknown,
  path: string,
  { chain, fromBlock, toBlock }: BlockRange & { chain: Chain },
): RawLog {
  const log = value as Partial<Record<keyof RawLog | 'address', unknown>> | null
  const address = readHex(log?.address, `${path}.address`, 42)
  if (address.toLowerCase() !== chain.escrow) throw malformed(`${path}.address`, chain.escrow, address)
  const blockNumber = BigInt(readHex(log?.blockNumber, `${path}.blockNumber`, 18))
  if (blockNumber < fromBlock || blockNumber > toBlock)
    throw malformed(`${path}.blockNumber`, `${fromBlock} to ${toBlock}`, blockNumber)
  const [first, ...rest] = readList(log?.topics, `${path}.topics`, {
    max: 4,
    read: (topic, place) => readHex(topic, place, 66),
  })
  if (first === undefined) throw malformed(`${path}.topics`, 'at least one')
  return {
    topics: [first, ...rest],
    data: readHex(log?.data, `${path}.data`, 1_000_000),
    blockNumber,
    transactionHash: readHex(log?.transactionHash, `${path}.transactionHash`, 66),
    logIndex: Number(readHex(log?.logIndex, `${path}.logIndex`, 10)),
  }
}

function readHex(value: unknown, path: string, max: number): Hex {
  const text = readText(value, path, max)
  if (!/^0x[0-9a-fA-F]*$/.test(text)) throw malformed(path, 'hexadecimal digits', value)
  return text as Hex
}

function byPlace(a: RawLog, b: RawLog): number {
  return Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex
}
