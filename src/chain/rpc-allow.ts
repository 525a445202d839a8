import { Failure, malformed } from '../protocol/failure.ts'

/** The methods that a page may call: it reads, and sends what it has signed itself. */
const allowed: ReadonlySet<unknown> = new Set([
  'eth_chainId',
  'eth_blockNumber',
  'eth_getBlockByNumber',
  'eth_getBalance',
  'eth_getCode',
  'eth_getStorageAt',
  'eth_call',
  'eth_estimateGas',
  'eth_gasPrice',
  'eth_maxPriorityFeePerGas',
  'eth_feeHistory',
  'eth_getTransactionCount',
  'eth_sendRawTransaction',
  'eth_getTransactionReceipt',
  'eth_getTransactionByHash',
  'eth_getLogs',
  'net_version',
])

/** The longest request body, in characters, and the longest batch. */
export const MAX_RPC_CHARS = 512 * 1024
export const MAX_RPC_BATCH = 50
const MAX_PARAMS = 3

/**
 * Reads the body of a JSON-RPC request from a page and returns the text to forward, written anew so that the chain
 * cannot read it otherwise than it was judged. Throws `refused`, `oversized` or `malformed`.
 */
export function allowRpc(body: string): string {
  if (body.length > MAX_RPC_CHARS)
    throw new Failure('oversized', `RPC body: more than ${MAX_RPC_CHARS} characters`)
  const value = parse(body)
  if (!Array.isArray(value)) return JSON.stringify(readCall(value, 'request'))
  if (value.length === 0 || value.length > MAX_RPC_BATCH) {
    throw new Failure(
      'oversized',
      `RPC batch: expected 1 to ${MAX_RPC_BATCH} requests, found ${value.length}`,
    )
  }
  return JSON.stringify(value.map((call, index) => readCall(call, `request[${index}]`)))
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw malformed('request', 'JSON')
  }
}

function readCall(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(path, 'an object', value)
  const { id, method, params = [] } = value as Record<string, unknown>
  if (typeof id !== 'number' && typeof id !== 'string') throw malformed(`${path}.id`, 'a number or text', id)
  if (typeof method !== 'string') throw malformed(`${path}.method`, 'the name of a method', method)
  if (!allowed.has(method))
    throw new Failure('refused', `RPC method "${method.slice(0, 60)}" is not open to pages`)
  if (!Array.isArray(params) || params.length > MAX_PARAMS) {
    throw malformed(`${path}.params`, `a list of at most ${MAX_PARAMS}`, params)
  }
  return { jsonrpc: '2.0', id, method, params }
}
