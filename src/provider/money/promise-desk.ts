import type { Chain } from '../../chain/chain.ts'
import { sleep } from '../../p2p/sleep.ts'
import type { Address } from '../../protocol/address.ts'
import type { ChainName } from '../../protocol/announcement.ts'
import { Failure } from '../../protocol/failure.ts'
import { askJob } from '../job/check-job.ts'
import type { Held } from './check-promise.ts'
import { checkPromise } from './check-promise.ts'
import type { Purse } from './purse.ts'

/** A promise that came, and what becomes of it. */
export type Offered = {
  readonly held: Held
  readonly payee: Address
  /** It is good and kept. */
  onHeld(): void
  /** It is not what it should be. */
  onLie(failure: Failure): void
}

export type DeskPorts = {
  readonly chain: Chain
  readonly chainName: ChainName
  readonly purse: Purse
  /** How long to wait when the chain or the disk fails. */
  readonly moneyMs: number
  onTrouble(failure: Failure): void
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
      const unpostedWei = purse.unposted(jobId, { from: job.epochs, except: epoch })
      checkPromise(held, { job, domain, payee, unpostedWei })
      await purse.hold(held)
      onHeld()
      return true
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const isLie = LIES.includes(error.code)
      if (isLie) onLie(error)
      else onTrouble(error)
      return isLie
    }
  }
}
