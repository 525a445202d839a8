import type { BlockSource } from '../../p2p/blocks/block-source.ts'
import { blockSource } from '../../p2p/blocks/block-source.ts'
import { fetchUpTo, NO_CACHE } from '../../p2p/blocks/fetch-blob.ts'
import type { PeerNode } from '../../p2p/peer-node.ts'
import { sleep } from '../../p2p/sleep.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import { listDigest, MAX_LIST_BYTES, readLeafList } from '../../protocol/statement/leaf-list.ts'
import type { Statement } from '../../protocol/statement/statement.ts'
import type { Leaf } from '../../protocol/statement/sum-tree.ts'

/** Who may have a list: the publisher, while there is a connection to it, and the relays that this peer is connected to. */
export type ListSources = {
  readonly publisher: BlockSource | undefined
  readonly node: Pick<PeerNode, 'dial' | 'relays'>
}

/** One source that is slow leaves time for the others. */
const SOURCE_MS = 15_000

/**
 * Fetches the leaves of a posted statement from whoever has them. Throws `unreachable` with what each source said, `malformed`
 * where the bytes are those that the settler has signed for, but not of the statement's tree.
 */
export async function fetchLeafList(
  statement: Statement,
  sources: ListSources,
  signal: AbortSignal,
): Promise<readonly Leaf[]> {
  const bytes = await fetchBytes(statement, sources, signal)
  return (await readLeafList(bytes, statement, () => sleep(0))).leaves
}

async function fetchBytes(
  statement: Statement,
  { publisher, node }: ListSources,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const ended = new AbortController()
  const open = AbortSignal.any([signal, ended.signal])
  const relays = node.relays().filter(({ state }) => state === 'connected')
  const mirrors = relays.map(({ peer, address }) => ({
    who: `relay ${peer}`,
    source: blockSource(node, { peer, addresses: [address] }, open),
  }))
  const own = publisher === undefined ? [] : [{ who: 'its publisher', source: publisher }]
  const wanted = { digest: listDigest(statement), maxBytes: MAX_LIST_BYTES }
  const told: string[] = publisher === undefined ? ['its publisher is not connected'] : []
  try {
    for (const { who, source } of [...own, ...mirrors]) {
      const within = AbortSignal.any([open, AbortSignal.timeout(SOURCE_MS)])
      try {
        return await fetchUpTo(source, wanted, { cache: NO_CACHE, signal: within })
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        if (signal.aborted) throw error
        told.push(`${who}: ${within.aborted ? `nothing in ${SOURCE_MS / 1000} s` : reason(error)}`)
      }
    }
  } finally {
    ended.abort()
  }
  throw new Failure('unreachable', told.join('; '))
}
