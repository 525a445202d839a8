import type { Chain } from '../../chain/chain.ts'
import type { Job } from '../../chain/escrow/read-escrow.ts'
import { areTwoTruths } from '../../market/two-truths.ts'
import type { Registry } from '../../p2p/registry/registry.ts'
import { sleep } from '../../p2p/sleep.ts'
import type { Address } from '../../protocol/address.ts'
import type { ChainName } from '../../protocol/announcement.ts'
import type { Domain } from '../../protocol/escrow/domain.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import type { SignedStatement } from '../../protocol/statement/statement.ts'
import { askJob, askPosted, askSettler } from '../job/check-job.ts'
import type { Held } from './check-promise.ts'
import { checkPromise } from './check-promise.ts'
import type { Purse } from './purse.ts'

/** A promise that came, and what becomes of it. */
export type Offered = {
  readonly held: Held
  readonly payee: Address
  /** It is good and kept; the job is as the chain had it then. */
  onHeld(job: Job): void
  /** It is not what it should be. */
  onLie(failure: Failure): void
}

export type DeskPorts = {
  readonly chain: Chain
  readonly chainName: ChainName
  readonly purse: Purse
  readonly registry: Pick<Registry, 'witness'>
  /** How long to wait when the chain or the disk fails. */
  readonly moneyMs: number
  onTrouble(failure: Failure): void
  /** The settler has signed both in one place: each proves the other a lie. */
  onTwoTruths(kept: SignedStatement, other: SignedStatement): Promise<void>
}

/** What is wrong with a promise itself. */
const LIES: readonly string[] = ['malformed', 'refused', 'uncovered']

/** Checks promises against the chain as it is, one after the other because each check counts what the others hold, and keeps them. */
export class PromiseDesk {
  readonly #ports: DeskPorts
  readonly #signal: AbortSignal
  #last: Promise<void> = Promise.resolve()

  constructor(ports: DeskPorts, signal: AbortSignal) {
    this.#ports = ports
    this.#signal = signal
  }

  /** Resolves when the promise is kept or refused. A promise is worth money: it is not let go because the chain or the disk fails for a while. */
  take(offered: Offered): Promise<void> {
    this.#last = this.#last.then(async () => {
      while (!this.#signal.aborted && !(await this.#isDone(offered)))
        await sleep(this.#ports.moneyMs, this.#signal)
    })
    return this.#last
  }

  async #isDone({ held, payee, onHeld, onLie }: Offered): Promise<boolean> {
    const { chain, chainName, purse, onTrouble } = this.#ports
    const { jobId, epoch } = held.signed.statement
    try {
      const job = await askJob(chain, jobId)
      if (job === undefined) throw new Failure('refused', `statement.jobId: the escrow holds no job ${jobId}`)
      const domain = { chainId: chainName.chainId, escrow: chain.escrow }
      const unpostedWei = purse.unposted(jobId, { epochs: job.epochs, except: epoch })
      const settler = await askSettler(chain, job, epoch)
      const postedWei = await askPosted(chain, { jobId, epoch }, job)
      checkPromise(held, { job, settler, domain, payee, postedWei, unpostedWei })
      await purse.hold(held)
      onHeld(job)
      void this.#compare({ held, onLie }, domain)
      return true
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const isLie = LIES.includes(error.code)
      if (isLie) onLie(error)
      else onTrouble(error)
      return isLie
    }
  }

  /** Shows a kept statement to the relays: whoever was shown another one in its place has the proof of two truths. */
  async #compare({ held, onLie }: Pick<Offered, 'held' | 'onLie'>, domain: Domain): Promise<void> {
    const { signed } = held
    const { epoch, seq } = signed.statement
    const told = `statement ${epoch}.${seq}`
    try {
      for (const first of await this.#ports.registry.witness(signed)) {
        if (!areTwoTruths(signed, first, domain)) continue
        await this.#ports.onTwoTruths(signed, first)
        onLie(new Failure('refused', `${told}: the settler has signed another one too; a relay has both`))
        return
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      this.#ports.onTrouble(new Failure(error.code, `${told}, shown to the relays: ${reason(error)}`))
    }
  }
}
