import type { Chain } from '../chain/chain.ts'
import type { PeerNode } from '../p2p/peer-node.ts'
import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { reason } from '../protocol/failure.ts'
import type { SignedStatement, Statement } from '../protocol/statement/statement.ts'
import { packStatement } from '../protocol/statement/statement.ts'
import type { Leaf } from '../protocol/statement/sum-tree.ts'
import type { JobBoard } from './job/job-board.ts'
import type { JobWork } from './job/job-work.ts'
import type { Visit } from './job/visit.ts'
import type { Stop } from './job/why-stop.ts'
import { whyStop } from './job/why-stop.ts'
import type { Held } from './money/check-promise.ts'
import type { KeeperPorts } from './money/guard/keeper.ts'
import { Keeper } from './money/guard/keeper.ts'
import { fetchLeafList } from './money/leaf-list.ts'
import { ListWatch, postsOn } from './money/list-watch.ts'
import type { DeskPorts } from './money/promise-desk.ts'
import { PromiseDesk } from './money/promise-desk.ts'

/** What comes in is checked with these. */
export type IncomeParts = Omit<DeskPorts, 'onTrouble' | 'onTwoTruths'> &
  Omit<KeeperPorts, 'fetchLeaves' | 'awayMs' | 'isPressing' | 'onChange' | 'onChain'> & {
    readonly chain: Chain
    readonly node: Pick<PeerNode, 'dial' | 'relays'>
  }

/** What an engine does for its income. */
export type IncomePorts = {
  board(): JobBoard
  payee(): Address
  maxUnpaid(): number
  /** What is wrong with the chain; empty when nothing is. */
  onChain(trouble: string): void
  onChange(): void
}

/** What a provider earns: promises are checked, kept, followed on chain and defended, and work stops where too little of it is safe. */
export class Income {
  readonly #parts: IncomeParts
  readonly #ports: IncomePorts
  readonly #signal: AbortSignal
  readonly #since: number
  readonly #desk: PromiseDesk
  readonly #keeper: Keeper
  readonly #lists: ListWatch

  constructor(parts: IncomeParts, ports: IncomePorts, signal: AbortSignal) {
    this.#parts = parts
    this.#ports = ports
    this.#signal = signal
    this.#since = parts.nowMs()
    const onTrouble = (error: Error): void => ports.onChain(`A promise waits to be checked: ${reason(error)}`)
    this.#desk = new PromiseDesk(
      { ...parts, onTrouble, onTwoTruths: (...both) => this.#keepEvidence(...both) },
      signal,
    )
    const fetchLeaves = (statement: Statement): Promise<readonly Leaf[]> => {
      const publisher = this.#visitFor(statement.jobId)?.source
      return fetchLeafList(statement, { publisher, node: parts.node }, signal)
    }
    this.#lists = new ListWatch({
      everyMs: parts.moneyMs,
      posts: postsOn(parts.chain),
      fetch: fetchLeaves,
      isNeeded: (jobId) => ['open', 'working'].includes(ports.board().works.get(jobId)?.kind ?? ''),
      onChange: () => ports.onChange(),
      nowMs: () => parts.nowMs(),
    })
    this.#keeper = new Keeper({
      ...parts,
      fetchLeaves,
      awayMs: (jobId) => this.#awayMs(jobId),
      isPressing: () => ports.board().active.some((work) => work.stopped?.code === 'unposted'),
      onChange: () => ports.onChange(),
      onChain: (trouble) => ports.onChain(trouble),
    })
  }

  /** Follows the money until the signal aborts. */
  async run(): Promise<void> {
    await Promise.all([this.#keeper.run(this.#signal), this.#lists.run(this.#signal)])
  }

  /** Why no more is done for a job; undefined while all of it is safe enough. */
  whyStop({ owed: { exposure }, said: { jobId, opening }, chain }: JobWork): Stop | undefined {
    const { purse, nowMs, tokens } = this.#parts
    return whyStop({
      currency: tokens.currencyOf(opening.token),
      ...{ exposure, maxUnpaid: this.#ports.maxUnpaid(), nowMs: nowMs() },
      unposted: purse.unposted(jobId, { epochs: chain?.epochs ?? 0 }),
      ...{ bond: chain?.bond ?? 0n, listTrouble: this.#lists.trouble(jobId) },
    })
  }

  /** Takes a promise in. A bad one ends the work for its job. */
  async take(held: Held, work: JobWork | undefined): Promise<void> {
    const { board, payee, onChange } = this.#ports
    const to = payee()
    await this.#desk.take({
      held,
      payee: to,
      onHeld: (job) => {
        if (work === undefined) return
        work.chain = job
        this.#lists.follow(work.said.jobId)
        work.owed.sign(held.leaf.earned, this.#parts.nowMs())
        if (work.stopped?.code === 'unposted') this.#keeper.ring()
      },
      onLie: (failure) => {
        if (work !== undefined && to === payee()) board().refuse(work, failure)
      },
    })
    onChange()
  }

  /** Keeps two statements that contradict each other: whoever doubts it can check both signatures. */
  async #keepEvidence(kept: SignedStatement, other: SignedStatement): Promise<void> {
    const { values, notices, nowMs } = this.#parts
    const { jobId, epoch, seq } = kept.statement
    await values.set(`two-truths/${jobId}/${epoch}/${seq}`, [kept, other].map(packStatement))
    const text = `The settler signed two different statements ${epoch}.${seq}; both are kept`
    await notices.add({ at: nowMs(), kind: 'lie', jobId, text })
  }

  #visitFor(jobId: Hex): Visit | undefined {
    const board = this.#ports.board()
    const work = board.works.get(jobId)
    return work && board.visitOf(work)
  }

  /** For how long nobody could reach the publisher of a job. One that is not announced is gone since this began. */
  #awayMs(jobId: Hex): number {
    const visit = this.#visitFor(jobId)
    return visit?.link.isOpen === true ? 0 : this.#parts.nowMs() - (visit?.downSince ?? this.#since)
  }
}
