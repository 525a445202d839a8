import type { BlockSource } from '../../p2p/blocks/block-source.ts'
import { blockSource } from '../../p2p/blocks/block-source.ts'
import type { PeerNode, PeerTarget } from '../../p2p/peer-node.ts'
import type { Hex } from '../../protocol/bytes.ts'
import type { WorkMessage } from '../../protocol/work/message.ts'
import type { JobWork } from './job-work.ts'
import { PublisherLink } from './publisher-link.ts'

export type VisitPorts = {
  readonly node: PeerNode
  hello(): unknown
  onMessage(visit: Visit, message: WorkMessage): void
  onChange(): void
  nowMs(): number
}

/** The connection to one publisher and the jobs that are worked on over it. It ends when its signal aborts. */
export class Visit {
  readonly source: BlockSource
  readonly link: PublisherLink
  readonly works = new Map<Hex, JobWork>()
  /** Why the link is down, for a person; empty while it is up. */
  trouble = ''
  /** Since when nobody needs it, ms since 1970. */
  unneededSince: number | undefined
  /** Since when the link is down, ms since 1970; undefined while it is up. */
  downSince: number | undefined
  readonly #ended = new AbortController()
  readonly signal: AbortSignal

  constructor(first: JobWork, ports: VisitPorts, signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#ended.signal])
    this.downSince = ports.nowMs()
    const newest = (): JobWork =>
      [...this.works.values()].reduce((a, b) => (a.said.issuedAt < b.said.issuedAt ? b : a), first)
    const target: PeerTarget = {
      peer: first.said.peer,
      get addresses() {
        return newest().said.addresses
      },
    }
    this.source = blockSource(ports.node, target, this.signal)
    this.link = new PublisherLink({
      node: ports.node,
      target,
      hello: ports.hello,
      onOpen: () => {
        this.trouble = ''
        this.downSince = undefined
        for (const work of this.works.values())
          if (work.kind === 'working' || work.owed.exposure.units > 0) work.open()
        ports.onChange()
      },
      onMessage: (message) => ports.onMessage(this, message),
      onDown: (why) => {
        this.trouble = why
        this.downSince ??= ports.nowMs()
        for (const work of this.works.values()) work.lose()
        ports.onChange()
      },
    })
    void this.link.run(this.signal)
  }

  end(): void {
    this.#ended.abort()
  }
}
