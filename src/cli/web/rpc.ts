import { allowRpc, MAX_RPC_CHARS } from '../../chain/rpc-allow.ts'
import { Failure } from '../../protocol/failure.ts'
import { answerText, type Exchange, readBody } from './answer.ts'

const TIMEOUT_MS = 30_000

/** Passes a page's request on to the chain if its methods are open to pages; errors have the form of JSON-RPC too. */
export async function relayRpc(exchange: Exchange, rpcUrl: string): Promise<void> {
  const body = allowRpc(await readBody(exchange, MAX_RPC_CHARS))
  const { text, status } = await askChain(rpcUrl, body)
  answerText(exchange, text, status)
}

/** The node's answer. Whether it is busy or broken is passed on: a page then waits longer; any other trouble is in the JSON. */
async function askChain(rpcUrl: string, body: string): Promise<{ text: string; status: number }> {
  const headers = { 'content-type': 'application/json' }
  try {
    const answer = await fetch(rpcUrl, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const isBusy = answer.status === 429 || answer.status >= 500
    return { text: await answer.text(), status: isBusy ? answer.status : 200 }
  } catch (cause) {
    throw new Failure('unreachable', 'The chain does not answer just now', { cause })
  }
}
