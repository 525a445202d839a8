import { Failure, reason } from '../protocol/failure.ts'
import type { Network } from '../protocol/network.ts'
import { parseNetwork } from '../protocol/network.ts'

/** Asks the web app at `url` which network it belongs to; its paths become addresses. Throws `unreachable` or `malformed`. */
export async function readNetwork(url: string): Promise<Network> {
  try {
    const answer = await fetch(new URL('/network.json', url), { signal: AbortSignal.timeout(10_000) })
    const network = parseNetwork(await answer.json())
    const faucet = network.faucet === undefined ? {} : { faucet: new URL(network.faucet, url).href }
    return { ...network, rpc: new URL(network.rpc, url).href, ...faucet }
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure(
      'unreachable',
      `There is no network at ${url} (${reason(cause)}). Start one with "weft up", or name another with --network`,
      { cause },
    )
  }
}
