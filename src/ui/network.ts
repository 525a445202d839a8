import { Failure } from '../protocol/failure.ts'
import type { Network } from '../protocol/network.ts'

/** Fetches and reads the description of the network that this page belongs to. Throws `unreachable` or `malformed`. */
export async function loadNetwork(signal: AbortSignal): Promise<Network> {
  const [{ parseNetwork }, response] = await Promise.all([
    import('../protocol/network.ts'),
    fetch('/network.json', { signal, cache: 'no-cache' }),
  ])
  if (!response.ok)
    throw new Failure(
      'unreachable',
      `/network.json: the server answered ${response.status}, so no network is known`,
    )
  return parseNetwork(await response.json())
}
