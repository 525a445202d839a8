import type { Chain } from '../chain/chain.ts'
import { chainTime, confirmedBlock } from '../chain/chain.ts'
import { answer } from '../chain/escrow/disputes.ts'
import { veto } from '../chain/escrow/epochs.ts'
import type { Job as ChainJob, Dispute } from '../chain/escrow/read-escrow.ts'
import { readDispute, readEpoch, readJob, readLeaves } from '../chain/escrow/read-escrow.ts'
import { watchEscrow } from '../chain/watch.ts'
import { chooseReply } from '../market/answer.ts'
import { Bell } from '../p2p/bell.ts'
import { sleep } from '../p2p/sleep.ts'
import type { PrivateKey } from '../protocol/account.ts'
import { signHash } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { Domain } from '../protocol/escrow/domain.ts'
import { FIRST_FORCED, hashVeto } from '../protocol/escrow/forced.ts'
import { Failure } from '../protocol/failure.ts'
import { proofOf } from '../protocol/statement/sum-tree.ts'
import type { Book } from '../settler/book.ts'
import type { Settler } from '../settler/settle.ts'
import type { Job } from './job.ts'

/** Something that happened to a job on chain, and what its publisher did about it. */
export type DefenceEvent =
  /** The chain did not hold the job any more: it was opened again. */
  | { readonly kind: 'reopened' }
  | { readonly kind: 'answered'; readonly account: Address }
  | { readonly kind: 'vetoed'; readonly epoch: number }
  | { readonly kind: 'trouble'; readonly failure: Failure }

/** What defending a job takes. */
export type DefendPorts = {
  readonly chain: Chain
  /** The key that signs vetoes and pays for all this. */
  readonly settlerKey: PrivateKey
  readonly domain: Domain
  readonly book: Book
  readonly settler: Settler
  /** Opens the job, unless the chain holds it. */
  reopen(): Promise<unknown>
  /** Wakes the settler. */
  wake(): void
  report(event: DefenceEvent): void
}

/** Events are asked for, and without one the job is looked at, after so many of the chain's own intervals. */
const WATCH_POLLS = 10
const LOOK_POLLS = 20
/** Whatever no event told is found so often. */
const DOUBT_MS = 600_000
/** So many accounts are asked for at once. */
const BATCH = 50

/**
 * Stands up for a job on chain until the signal aborts: answers challenges, vetoes epochs that were forced although the settler
 * is here, lets the settler send again what a reorg removed, and tells it what others claimed.
 */
export async function defend(job: Job, ports: DefendPorts, signal: AbortSignal): Promise<void> {
  const defence = new Defence(job, ports)
  const look = async (): Promise<void> => {
    while (!signal.aborted) {
      await defence.look(signal)
      await defence.bell.wait(ports.chain.pollMs * LOOK_POLLS, signal)
    }
  }
  await Promise.all([defence.watch(signal), look()])
}

class Defence {
  /** Rings when something happened. */
  readonly bell = new Bell()
  readonly #job: Job
  readonly #ports: DefendPorts
  /** The accounts with an open challenge, as far as they are known. */
  readonly #challenged = new Set<Address>()
  #doubtAt = 0
  #isNews = false

  constructor(job: Job, ports: DefendPorts) {
    this.#job = job
    this.#ports = ports
  }

  /** Takes note of what happens on chain from now on. What was before is looked up. */
  async watch(signal: AbortSignal): Promise<void> {
    const { chain, settler } = this.#ports
    const slow = { ...chain, pollMs: chain.pollMs * WATCH_POLLS }
    const fromBlock = await this.#begin(signal)
    const { jobId } = this.#job
    for await (const event of watchEscrow(slow, { fromBlock, jobId, signal })) {
      if (event.kind === 'rewound') settler.doubt()
      else if (event.kind === 'challenged') this.#challenged.add(event.account)
      else if (event.kind === 'claimed') settler.learn({ ...event, transaction: event.hash })
      else if (event.kind !== 'forced') continue
      this.#isNews = true
      this.bell.ring()
    }
  }

  /** Compares the job with the chain and does what has to be done. What fails is tried again at the next look. */
  async look(signal: AbortSignal): Promise<void> {
    const { chain, settler, wake } = this.#ports
    if (Date.now() - this.#doubtAt >= DOUBT_MS) this.#doubt()
    await this.#attempt(async () => {
      const found = await readJob(chain, this.#job.jobId)
      if (found === undefined) return this.#reopen()
      if (found.state === 'closed') return
      if (found.disputes > 0) await this.#answerAll(found)
      else this.#challenged.clear()
      if (found.forcedEpochs > 0) await this.#vetoAll(found)
    })
    if (!this.#isNews) return
    this.#isNews = false
    wake()
    if (!settler.isRunning && !signal.aborted) await settler.run(signal)
  }

  async #begin(signal: AbortSignal): Promise<bigint> {
    const { chain } = this.#ports
    while (!signal.aborted) {
      try {
        const head = await confirmedBlock(chain)
        return head > 0n ? head : 0n
      } catch (error) {
        if (!(error instanceof Failure)) throw error // a look says that the chain is silent
        await sleep(chain.pollMs * WATCH_POLLS, signal)
      }
    }
    return 0n
  }

  #doubt(): void {
    this.#ports.settler.doubt()
    this.#doubtAt = Date.now()
    this.#isNews = true
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      this.#ports.report({ kind: 'trouble', failure: error })
    }
  }

  async #reopen(): Promise<void> {
    await this.#ports.reopen()
    this.#doubt()
    this.#ports.report({ kind: 'reopened' })
  }

  async #answerAll({ disputes }: ChainJob): Promise<void> {
    if (this.#challenged.size < disputes) await this.#findChallenged()
    for (const account of this.#challenged) {
      const dispute = await readDispute(this.#ports.chain, this.#job.jobId, account)
      if (dispute === undefined || dispute.due === 0) this.#challenged.delete(account)
      else await this.#attempt(() => this.#answer(account, dispute))
    }
  }

  /** Challenges may have been made while nobody watched: every payee is asked for. */
  async #findChallenged(): Promise<void> {
    const { book, chain } = this.#ports
    const payees = [...new Set(book.epochs.flatMap(({ places }) => [...places.keys()]))]
    for (let from = 0; from < payees.length; from += BATCH) {
      const part = payees.slice(from, from + BATCH)
      const found = await Promise.all(part.map((payee) => readDispute(chain, this.#job.jobId, payee)))
      for (const [place, payee] of part.entries()) {
        const due = found[place]?.due ?? 0
        if (due > 0) this.#challenged.add(payee)
      }
    }
  }

  /** Shows the leaves that keep a promise, once they are final; what is not posted yet is posted first. */
  async #answer(account: Address, { promised, compensated, proven, due }: Dispute): Promise<void> {
    const { chain, settlerKey: key, settler, report } = this.#ports
    const { jobId, opening } = this.#job
    const now = await chainTime(chain)
    const { challengeDelay } = opening.terms
    const challenged = { missing: promised - compensated, proven, leftSeconds: due - now, challengeDelay }
    const reply = chooseReply(await this.#postedLeaves(account, now), challenged)
    if (reply.kind === 'wait') return
    if (reply.kind === 'post') {
      settler.hurry()
      this.#isNews = true
      return
    }
    await answer(chain, key, { jobId, account, leaves: reply.leaves })
    report({ kind: 'answered', account })
  }

  /** The leaves of an account that are on chain as the book has them, in their order. */
  async #postedLeaves(account: Address, now: number) {
    const { book, chain } = this.#ports
    const { jobId } = this.#job
    const own = book.epochs.flatMap((epoch) => {
      const leaf = epoch.tree.leaves[epoch.places.get(account) ?? -1]
      // The proof is made at once: while the chain is asked, the next statement may change the tree.
      return leaf === undefined ? [] : [{ epoch, leaf, proof: proofOf(epoch.tree, leaf.index) }]
    })
    const names = own.map(({ epoch, leaf }) => {
      return { jobId, epoch: epoch.statement.epoch, index: leaf.index }
    })
    const states = await readLeaves(chain, names)
    return own.flatMap(({ epoch: { statement }, leaf, proof }, place) => {
      const there = states[place]?.epoch
      if (there === undefined || there.root !== statement.root) return []
      const proven = { jobId, epoch: statement.epoch, leaf, proof }
      return [{ ...proven, amount: leaf.amount, isFinal: there.finalAt <= now }]
    })
  }

  async #vetoAll({ forcedEpochs }: ChainJob): Promise<void> {
    const { chain, settlerKey: key, domain, report } = this.#ports
    const { jobId } = this.#job
    const now = await chainTime(chain)
    for (let epoch = FIRST_FORCED; epoch < FIRST_FORCED + forcedEpochs; epoch += 1) {
      const forced = await readEpoch(chain, { jobId, epoch })
      if (forced === undefined || forced.finalAt <= now) continue
      const order = { jobId, epoch, root: forced.root }
      await veto(chain, key, { order, signature: signHash(hashVeto(order, domain), key) })
      report({ kind: 'vetoed', epoch })
    }
  }
}
