import type { Chain } from '../../../chain/chain.ts'
import { chainTime } from '../../../chain/chain.ts'
import type { Dispute, Job } from '../../../chain/escrow/read-escrow.ts'
import { readDispute, readEpoch, readJob } from '../../../chain/escrow/read-escrow.ts'
import { mayChallenge, mayPostMyself } from '../../../market/defence/defence.ts'
import { ZERO_ADDRESS } from '../../../protocol/address.ts'
import type { Hex } from '../../../protocol/bytes.ts'
import { Failure, reason } from '../../../protocol/failure.ts'
import type { Statement } from '../../../protocol/statement/statement.ts'
import type { Leaf } from '../../../protocol/statement/sum-tree.ts'
import { formatAmount, toWei } from '../../../protocol/wei.ts'
import type { Purse } from '../purse.ts'
import type { Account, Entry } from '../purse-entry.ts'
import { accountIn, isKnown, keyOf } from '../purse-entry.ts'
import type { TokenBook } from '../token-book.ts'
import { findInstead } from './find-instead.ts'
import type { MoveLog } from './move-log.ts'
import type { Move } from './send-move.ts'

/** Something that a provider did for its money, or that came of it. */
export type GuardEvent = {
  readonly kind: 'posted' | 'challenged' | 'compensated' | 'trouble'
  readonly jobId: Hex
  readonly text: string
}

/** How long a guard waits, in ms. */
export type GuardPace = {
  /** For a post by the settler. */
  readonly postMs: number
  /** For a publisher that cannot be reached. */
  readonly awayMs: number
  /** Until what was sent is sent again. */
  readonly againMs: number
}

export type GuardPorts = {
  readonly chain: Chain
  readonly purse: Purse
  readonly log: MoveLog
  readonly pace: GuardPace
  readonly tokens: Pick<TokenBook, 'currencyOf'>
  /** The leaves of a posted statement. Throws where nobody has them. */
  fetchLeaves(statement: Statement): Promise<readonly Leaf[]>
  /** Has a move sent, and waits until it counts. */
  send(move: Move): Promise<Hex>
  /** For how long the publisher of a job could not be reached. */
  awayMs(jobId: Hex): number
  report(event: GuardEvent): void
  nowMs(): number
}

/** Defends the money of a purse: posts what its settler does not, finds out what is paid in its place, and challenges broken promises. */
export class Guard {
  readonly #ports: GuardPorts
  readonly #underWay = new Map<string, Promise<void>>()
  /** When a list that nobody had is asked for again. */
  readonly #askAt = new Map<string, number>()

  constructor(ports: GuardPorts) {
    this.#ports = ports
  }

  /** Looks at every promise once, as the purse has last seen it on chain, and does what is due. Throws `unreachable` or `storage`. */
  async watch(): Promise<void> {
    const { purse, chain } = this.#ports
    const open = purse.entries.filter((entry) => !entry.isFinal)
    const final = purse.entries.filter((entry) => entry.isFinal)
    for (const entry of final) if (!isKnown(entry)) this.#find(entry)
    const accounts = new Map(final.map(({ held }) => [keyOf(accountIn(held)), accountIn(held)]))
    const short = [...accounts.values()].filter((account) => purse.missing(account) > 0n)
    if (open.length === 0 && short.length === 0) return
    const now = await chainTime(chain)
    for (const jobId of new Set(open.map(({ held }) => held.signed.statement.jobId)))
      await this.#post(jobId, now)
    for (const account of short) await this.#defend(account, now)
  }

  /** Resolves when nothing is under way. */
  async rest(): Promise<void> {
    await Promise.all(this.#underWay.values())
  }

  /** Looks up what became final in the place of a promise, beside the watch: there is a time for challenges, and peers are slow. */
  #find(entry: Entry): void {
    const { chain, purse, fetchLeaves, nowMs, pace } = this.#ports
    const { jobId, epoch } = entry.held.signed.statement
    const root = entry.epoch?.root
    const name = `find/${keyOf(accountIn(entry.held))}/${epoch}`
    if (root === undefined || (this.#askAt.get(name) ?? 0) > nowMs()) return
    this.#askAt.set(name, nowMs() + pace.againMs / 4)
    this.#beside(name, async () => {
      try {
        const { account } = entry.held.leaf
        const instead = await findInstead(chain, { jobId, epoch, root, account }, fetchLeaves)
        if (instead !== undefined) await purse.replace(entry, instead)
      } catch (error) {
        this.#tell('trouble', jobId, `The list of posted epoch ${epoch} cannot be fetched: ${reason(error)}`)
      }
    })
  }

  /** Posts the promise of a job that is next, where its settler does not. */
  async #post(jobId: Hex, now: number): Promise<void> {
    const { chain, purse, pace, nowMs, awayMs } = this.#ports
    const job = await readJob(chain, jobId)
    if (job === undefined) return
    for (const entry of purse.entries) {
      const { held, isFinal, since, epoch: known } = entry
      const { statement } = held.signed
      if (statement.jobId !== jobId || isFinal) continue
      const waiting = {
        ...{ statement, onChain: known, job, terms: held.opening.terms, now },
        isFormerDone: await this.#isFormerDone(job, statement.epoch, now),
        ...{ ageMs: nowMs() - since, maxAgeMs: pace.postMs, isAway: awayMs(jobId) >= pace.awayMs },
      }
      const why = mayPostMyself(waiting)
      if (why === undefined) continue
      const name = `post/${jobId}/${statement.epoch}/${statement.seq}`
      const text = `Epoch ${statement.epoch} was posted from here: ${why}`
      this.#begin({ name, event: { kind: 'posted', jobId, text } }, toMove('post', entry))
    }
  }

  async #isFormerDone({ jobId, epochs }: Job, epoch: number, now: number): Promise<boolean> {
    if (epoch === 0 || epoch !== epochs) return true
    const former = await readEpoch(this.#ports.chain, { jobId, epoch: epoch - 1 })
    return former !== undefined && (former.isLast || former.finalAt <= now)
  }

  /** Challenges the highest broken promise of an account, ends the challenge, and takes note of what the bond paid. */
  async #defend(account: Account, now: number): Promise<void> {
    const { chain, purse } = this.#ports
    const { jobId } = account
    const missing = purse.missing(account)
    const own = purse.entries.filter(({ held }) => keyOf(accountIn(held)) === keyOf(account))
    const broken = own.filter(({ isFinal }) => isFinal).sort(byEarned)[0]
    const dispute = await readDispute(chain, jobId, account.account)
    if (broken?.epoch === undefined) return
    if (dispute !== undefined && dispute.compensated > purse.pastOf(account).compensated)
      return this.#cash(account, dispute, own)
    const event = { kind: 'challenged', jobId } as const
    if (dispute !== undefined && dispute.due !== 0) {
      if (now < dispute.due) return
      const name = `resolve/${keyOf(account)}/${dispute.due}`
      const text = 'Nobody showed that the promise was kept: the bond has to pay'
      return this.#begin(
        { name, event: { ...event, text } },
        { ...toMove('resolve', broken), worth: missing },
      )
    }
    const { statement } = broken.held.signed
    if ((dispute?.promised ?? 0n) >= broken.held.leaf.earned) return
    const { challengeDelay } = broken.held.opening.terms
    const onChain = broken.epoch
    if (!mayChallenge({ statement, onChain, isKnown: isKnown(broken), challengeDelay, now })) return
    const text = `Epoch ${statement.epoch} pays ${this.#show(missing, broken)} less than was promised: challenged`
    const name = `challenge/${keyOf(account)}/${broken.held.leaf.earned}`
    this.#begin({ name, event: { ...event, text } }, { ...toMove('challenge', broken), worth: missing })
  }

  /** Takes note of what the bond paid. A final statement whose list was not shown in the dispute either gives nothing more. */
  async #cash(account: Account, { compensated: all, fee }: Dispute, own: readonly Entry[]): Promise<void> {
    const { purse } = this.#ports
    for (const entry of own) {
      if (entry.epoch === undefined || !entry.isFinal || isKnown(entry)) continue
      await purse.replace(entry, { root: entry.epoch.root, leaf: undefined, proof: new Uint8Array() })
    }
    const got = all - purse.pastOf(account).compensated
    const arrived = toWei(got > fee ? got - fee : 0n)
    await purse.compensate(account, { all, arrived })
    const text = `The settler broke its promise: the bond paid ${this.#show(arrived, own[0])}`
    this.#tell('compensated', account.jobId, text)
  }

  /** An amount of what a promise is in. */
  #show(amount: bigint, entry: Entry | undefined): string {
    const currency = this.#ports.tokens.currencyOf(entry?.held.opening.token ?? ZERO_ADDRESS)
    return `${formatAmount(amount, currency)} ${currency.symbol}`
  }

  /** Sends a move beside the watch, unless it is on its way; it is noted before. */
  #begin({ name, event }: { readonly name: string; readonly event: GuardEvent }, move: Move): void {
    this.#beside(name, async () => {
      try {
        if (await this.#send(name, move)) this.#ports.report(event)
      } catch (error) {
        this.#tell('trouble', event.jobId, `${move.kind}: ${reason(error)}`)
      }
    })
  }

  #beside(name: string, work: () => Promise<void>): void {
    if (this.#underWay.has(name)) return
    const done = work().finally(() => this.#underWay.delete(name))
    this.#underWay.set(name, done)
  }

  async #send(name: string, move: Move): Promise<boolean> {
    const { log, send, pace, nowMs } = this.#ports
    const now = nowMs()
    if (await log.isUnderWay(name, now)) return false
    await log.note(name, { nowMs: now, untilMs: now + pace.againMs })
    try {
      await send(move)
      return true
    } catch (error) {
      const isUnsent = error instanceof Failure && ['refused', 'unreachable'].includes(error.code)
      if (isUnsent) await log.forget(name)
      throw error
    }
  }

  #tell(kind: GuardEvent['kind'], jobId: Hex, text: string): void {
    this.#ports.report({ kind, jobId, text })
  }
}

function toMove(kind: Move['kind'], { held }: Entry): Move {
  return { kind, held, worth: held.leaf.amount }
}

function byEarned(a: Entry, b: Entry): number {
  const [one, other] = [a.held.leaf.earned, b.held.leaf.earned]
  return one < other ? 1 : one > other ? -1 : 0
}
