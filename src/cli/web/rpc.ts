import { allowRpc, MAX_RPC_CHARS } from '../../chain/rpc-allow.ts'
import { Failure } from '../../protocol/failure.ts'
import { answerText, type Exchange, readBody } from './answer.ts'

const TIMEOUT_MS = 30_000

/** Passes a page's request on to the chain if its methods are open to pages; errors have the form of JSON-RPC too. */
export async function relayRpc(exchange: Exchange, rpcUrl: string): Promise<void> {
  const body = allowRpc(await readBody(exchange, MAX_RPC_CHARS))
  answerText(exchange, await askChain(rpcUrl, body))
}

async function askChain(rpcUrl: string, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  try {
    const answer = await fetch(rpcUrl, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return await answer.text()
  } catch (cause) {
    throw new Failure('unreachable', 'The chain does not answer just now', { cause })
  }
}
