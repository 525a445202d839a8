import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** What the next requests come to: no answer, an answer that is lost after the chain has done its part, or an error. */
export type Fault = 'drop' | 'lose' | 'refuse' | 429 | 503 | -32005

/** How a chain's node misbehaves; a test changes it while it runs. */
export type Faults = {
  /** One for each of the next requests, or for those that call `method`; what is used up is taken away. */
  next: Fault[]
  method: string | undefined
  /** Ranges of more blocks are answered with an error, with a dropped connection, or as if they were empty. */
  maxBlocks: number
  overRange: 'error' | 'drop' | 'empty'
  /** Of more logs than this, the rest is left out. */
  maxLogs: number
  /** So many of the newest blocks are not known to it. */
  behind: number
  /** Batches are refused. */
  noBatches: boolean
}

/** A loopback server in front of a chain that misbehaves as its `faults` say, and notes the calls it gets. */
export type FaultyProxy = {
  readonly rpcUrl: string
  readonly faults: Faults
  readonly calls: Call[]
  close(): void
}

type Call = { readonly id: unknown; readonly method: string; readonly params: readonly unknown[] }
type Reply = { id?: unknown; result?: unknown; error?: { code: number; message: string } }
type Range = { fromBlock: string; toBlock: string }

/** Starts such a server; without faults it only passes on. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const faults: Faults = {
    next: [],
    method: undefined,
    maxBlocks: Number.POSITIVE_INFINITY,
    overRange: 'error',
    maxLogs: Number.POSITIVE_INFINITY,
    behind: 0,
    noBatches: false,
  }
  const calls: Call[] = []
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => request.socket.destroy())
  })
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await json(request)) as Call | Call[]
    const list = [body].flat().map((call) => ({ ...call, params: call.params ?? [] }))
    calls.push(...list)
    const isMeant = faults.method === undefined || list.some(({ method }) => method === faults.method)
    const fault = isMeant ? faults.next.shift() : undefined
    const isOver = faults.overRange === 'drop' && list.some((call) => isTooLong(call, faults))
    if (fault === 'drop' || isOver) return void request.socket.destroy()
    if (fault === 429 || fault === 503) return void response.writeHead(fault).end('slow down')
    const error = errorFor(fault, faults.noBatches && Array.isArray(body))
    const replies = error ? list.map(({ id }) => ({ id, error })) : await ask(target, list, faults)
    if (fault === 'lose') return void request.socket.destroy()
    const isList = Array.isArray(body) && !faults.noBatches
    response.setHeader('connection', 'close').end(JSON.stringify(isList ? replies : replies[0]))
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const rpcUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { rpcUrl, faults, calls, close: () => server.close() }
}

function errorFor(fault: Fault | undefined, isBatchRefused: boolean): Reply['error'] {
  if (fault === -32005) return { code: -32005, message: 'limit exceeded' }
  if (fault === 'refuse') return { code: -32000, message: 'the backend had an error' }
  return isBatchRefused ? { code: -32600, message: 'batches are not supported' } : undefined
}

/** Puts calls to the chain, with its newest blocks hidden where the node is behind, and bends the answers. */
async function ask(target: string, calls: readonly Call[], faults: Faults): Promise<Reply[]> {
  const headers = { 'content-type': 'application/json' }
  const height = { jsonrpc: '2.0', id: 'height', method: 'eth_blockNumber', params: [] }
  const put = async (body: unknown) =>
    (await fetch(target, { method: 'POST', headers, body: JSON.stringify(body) })).json()
  const head = Number(((await put(height)) as { result: string }).result) - faults.behind
  const replies = (await put(calls)) as Reply[]
  return calls.map((call) => bend(call, replies.find(({ id }) => id === call.id) ?? {}, { faults, head }))
}

function bend(call: Call, reply: Reply, { faults, head }: { faults: Faults; head: number }): Reply {
  const [first] = call.params
  if (call.method === 'eth_blockNumber') return { ...reply, result: `0x${head.toString(16)}` }
  if (call.method === 'eth_getBlockByNumber' && Number(first) > head) return { ...reply, result: null }
  if (call.method !== 'eth_getLogs') return reply
  if (isTooLong(call, faults) && faults.overRange === 'error')
    return { id: call.id, error: { code: -32005, message: `block range over ${faults.maxBlocks}` } }
  if (isTooLong(call, faults)) return { ...reply, result: [] }
  const logs = (reply.result as { blockNumber: string }[]).filter(
    ({ blockNumber }) => Number(blockNumber) <= head,
  )
  return { ...reply, result: logs.slice(0, faults.maxLogs) }
}

function isTooLong({ method, params }: Call, { maxBlocks }: Faults): boolean {
  if (method !== 'eth_getLogs') return false
  const { fromBlock, toBlock } = params[0] as Range
  return Number(toBlock) - Number(fromBlock) + 1 > maxBlocks
}
