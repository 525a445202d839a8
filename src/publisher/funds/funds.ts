import type { Chain } from '../../chain/chain.ts'
import { topUp } from '../../chain/escrow/jobs.ts'
import type { Job as ChainJob } from '../../chain/escrow/read-escrow.ts'
import { readJob } from '../../chain/escrow/read-escrow.ts'
import { sleep } from '../../p2p/sleep.ts'
import type { PrivateKey } from '../../protocol/account.ts'
import { accountOf } from '../../protocol/account.ts'
import { Failure, malformed } from '../../protocol/failure.ts'
import type { Wei } from '../../protocol/wei.ts'
import { COIN_DECIMALS, formatAmount, MAX_WEI } from '../../protocol/wei.ts'
import type { Job } from '../job.ts'
import { requireFunds } from './means.ts'

/** Whose deposit is followed, and what hears of it. */
export type FundsPorts = {
  readonly chain: Chain
  /** How often the chain is asked. */
  readonly everyMs: number
  /** Hears what the escrow holds of the job, each time it was asked. */
  take(found: ChainJob): Promise<void>
}

/** Follows what the escrow holds of a job until the signal aborts: anybody may add to it. A chain that is silent is asked again. */
export async function followFunds({ jobId }: Job, ports: FundsPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const found = await readJob(ports.chain, jobId)
      if (found !== undefined && !signal.aborted) await ports.take(found)
    } catch (error) {
      if (!(error instanceof Failure)) throw error // what waits for the chain says that it is silent
    }
    await sleep(ports.everyMs, signal)
  }
}

/**
 * Adds to a job's budget from an account and returns what the escrow holds then. Throws `malformed`, `refused` or `uncovered`
 * before anything is sent, and what a transaction throws: after `timeout` it may arrive all the same.
 */
export async function addFunds(
  chain: Chain,
  key: PrivateKey,
  { job, amount }: { readonly job: Job; readonly amount: Wei },
): Promise<ChainJob> {
  const { jobId, opening, token } = job
  if (amount <= 0n) throw malformed('amount', 'more than nothing', amount)
  const found = await readJob(chain, jobId)
  if (found === undefined || found.state === 'closed')
    throw new Failure('refused', 'amount: the escrow holds no such job that is open')
  if (found.budget + amount > MAX_WEI)
    throw malformed(
      'amount',
      `at most ${formatAmount(MAX_WEI - found.budget, token ?? { decimals: COIN_DECIMALS })} ${token?.symbol ?? 'coins'}: an escrow counts in 88 bits`,
    )
  await requireFunds(chain, accountOf(key), { amount, token, what: 'amount: you need' })
  await topUp(chain, key, { jobId, token: opening.token, amount })
  return (await readJob(chain, jobId)) ?? found
}
