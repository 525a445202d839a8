import type { Connection, Libp2p } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { Failure, malformed } from '../../protocol/failure.ts'
import type { RelayStatus } from '../peer-node.ts'
import { sleep } from '../sleep.ts'
import { explain } from './explain.ts'

/** Waits between two tries, in milliseconds: doubled from the first to the last, each with up to half added at random. */
export type Backoff = { readonly firstMs: number; readonly lastMs: number }

export type SupervisorOptions = {
  /** Multiaddrs that end in the relay's peer id. */
  readonly relays: readonly string[]
  readonly backoff?: Backoff
  onChange(relays: RelayStatus[]): void
}

const DIAL_TIMEOUT_MS = 10_000
const RESERVATION_TIMEOUT_MS = 8_000
const CHECK_MS = 5_000
const PING_MS = 30_000

/**
 * Keeps a connection to each relay and the reservation by which others can reach this peer through it; libp2p does
 * neither by itself once a relay was gone. Returns a function that tells each relay's state. Throws `malformed`.
 */
export function superviseRelays(
  libp2p: Libp2p,
  { relays, backoff = { firstMs: 1_000, lastMs: 30_000 }, onChange }: SupervisorOptions,
  signal: AbortSignal,
): () => RelayStatus[] {
  const states = relays.map((address): RelayStatus => {
    return { address, peer: relayPeer(address), state: 'connecting', reason: 'not connected yet' }
  })
  for (const [index, { address, peer }] of states.entries()) {
    const set = (state: RelayStatus['state'], why: string) => {
      states[index] = { address, peer, state, reason: why }
      if (!signal.aborted) onChange([...states])
    }
    void keepRelay(libp2p, { address, peer, backoff, set }, signal)
  }
  return () => [...states]
}

type Keeping = {
  readonly address: string
  readonly peer: string
  readonly backoff: Backoff
  set(state: RelayStatus['state'], reason: string): void
}

async function keepRelay(libp2p: Libp2p, keeping: Keeping, signal: AbortSignal): Promise<void> {
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      const timeout = AbortSignal.any([signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)])
      const connection = await libp2p.dial(multiaddr(keeping.address), { signal: timeout })
      await reserve(libp2p, keeping.peer, connection)
      keeping.set('connected', '')
      tries = 0
      keeping.set('lost', await lossOf(libp2p, keeping.peer, connection))
    } catch (error) {
      keeping.set('lost', explain(error))
    }
    const { firstMs, lastMs } = keeping.backoff
    const waitMs = Math.min(lastMs, firstMs * 2 ** Math.min(tries, 20)) * (1 + Math.random() / 2)
    await sleep(waitMs, signal)
    if (!signal.aborted) keeping.set('connecting', 'trying again')
  }
}

/** Waits for the relay's promise to introduce others; libp2p asks for it by itself on each new connection. */
async function reserve(libp2p: Libp2p, peer: string, connection: Connection): Promise<void> {
  const giveUp = AbortSignal.timeout(RESERVATION_TIMEOUT_MS)
  while (!isReserved(libp2p, peer)) {
    if (connection.status !== 'open') throw new Failure('unreachable', 'the relay closed the connection')
    if (giveUp.aborted) {
      await connection.close().catch((error: Error) => connection.abort(error))
      throw new Failure('refused', 'the relay gave no reservation (it may be full)')
    }
    await sleep(100, giveUp)
  }
}

/** Waits until the connection or the reservation is gone, and says which. */
async function lossOf(libp2p: Libp2p, peer: string, connection: Connection): Promise<string> {
  const closed = new AbortController()
  connection.addEventListener('close', () => closed.abort(), { once: true })
  for (let quietMs = 0; connection.status === 'open'; quietMs += CHECK_MS) {
    await sleep(CHECK_MS, closed.signal)
    if (connection.status !== 'open') break
    if (!isReserved(libp2p, peer)) {
      await connection.close().catch((error: Error) => connection.abort(error))
      return 'the relay ended the reservation'
    }
    if (quietMs >= PING_MS) {
      quietMs = 0
      await pingIfQuiet(connection)
    }
  }
  return 'the connection to the relay was lost'
}

/** Weft's own streams watch the connection by their heartbeat; without one somebody has to ask. */
async function pingIfQuiet(connection: Connection): Promise<void> {
  if (connection.streams.some(({ protocol }) => protocol.startsWith('/weft/'))) return
  const stream = await connection
    .newStream('/ipfs/ping/1.0.0', { signal: AbortSignal.timeout(DIAL_TIMEOUT_MS) })
    .catch((error: Error) => connection.abort(error))
  stream?.abort(new Error('the relay is alive'))
}

function isReserved(libp2p: Libp2p, peer: string): boolean {
  return libp2p.getMultiaddrs().some((address) => address.toString().includes(`/p2p/${peer}/p2p-circuit`))
}

function relayPeer(address: string): string {
  try {
    const last = multiaddr(address).getComponents().at(-1)
    if (last?.name === 'p2p' && last.value !== undefined) return last.value
  } catch {
    // not a multiaddr: said below
  }
  throw malformed('relays', 'a multiaddr that ends in /p2p/ and the relay’s peer id', address)
}
