import type { Chain } from '../chain/chain.ts'
import { chainTime, pause } from '../chain/chain.ts'
import { post, postCost } from '../chain/escrow/epochs.ts'
import { beginClose, close, openJob } from '../chain/escrow/jobs.ts'
import { claimMany } from '../chain/escrow/payouts.ts'
import type { Job as ChainJob } from '../chain/escrow/read-escrow.ts'
import { readEpoch, readJob, readLeaves } from '../chain/escrow/read-escrow.ts'
import type { PrivateKey } from '../protocol/account.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import type { Wei } from '../protocol/wei.ts'
import type { EscrowPort } from '../settler/escrow-port.ts'
import type { Job } from './job.ts'

/** The two keys of a publisher: one opens jobs and closes them, the other promises and pays. */
export type PublisherKeys = { readonly publisher: PrivateKey; readonly settler: PrivateKey }

/** Where a job's money is: what opening, settling and closing it do on chain. */
export type JobChain = {
  /** Opens the job, unless it is open already: a crash may have come between sending and knowing. Returns what the escrow holds of it. */
  open(job: Job, contact: Uint8Array): Promise<ChainJob>
  escrow(job: Job): EscrowPort
  /** Closes the job and returns what came back. Takes as long as the job's terms say. */
  close(job: Job, signal: AbortSignal): Promise<{ readonly refund: Wei; readonly bond: Wei }>
}

/** Connects a publisher's keys to a chain. */
export function jobChain(chain: Chain, keys: PublisherKeys): JobChain {
  return {
    open: (job, contact) => openOnce(chain, keys.publisher, { job, contact }),
    escrow: (job) => escrowPort(chain, keys.settler, job),
    close: (job, signal) => closeJob(chain, keys.publisher, { job, signal }),
  }
}

async function openOnce(
  chain: Chain,
  key: PrivateKey,
  { job, contact }: { job: Job; contact: Uint8Array },
): Promise<ChainJob> {
  const { jobId, opening } = job
  const before = await readJob(chain, jobId)
  if (before !== undefined) return before
  const opened = await openJob(chain, key, { opening, contact }).then(
    (done) => done.jobId,
    async (error: unknown) => {
      // An earlier run may have sent it just before it was killed: then it is open by now.
      const found = await readJob(chain, jobId).catch(() => undefined) // what went wrong first is told
      if (found === undefined) throw error
      return jobId
    },
  )
  if (opened !== jobId)
    throw new Failure('refused', `The escrow opened ${opened} where ${jobId} was expected`)
  const after = await readJob(chain, jobId)
  if (after === undefined) throw new Failure('unreachable', `The chain does not show job ${jobId} yet`)
  return after
}

function escrowPort(chain: Chain, key: PrivateKey, { jobId, opening }: Job): EscrowPort {
  return {
    post: async (signed) => (await post(chain, key, { opening, signed })).hash,
    async claim(epoch, leaves) {
      const due = leaves.map((leaf) => ({ ...leaf, jobId, epoch }))
      const { hash, events } = await claimMany(chain, key, due)
      const credited = events.flatMap((event) => (event.kind === 'credited' ? [event.account] : []))
      return { transaction: hash, credited }
    },
    async posted(epoch) {
      const found = await readEpoch(chain, { jobId, epoch })
      if (found === undefined) return undefined
      const { seq, root, total, claimed, finalAt } = found
      return { seq, root, total, claimed, leftSeconds: finalAt - (await chainTime(chain)) }
    },
    postCost: async () => (opening.token === ZERO_ADDRESS ? await postCost(chain) : undefined),
    async areClaimed(epoch, indexes) {
      const states = await readLeaves(
        chain,
        indexes.map((index) => ({ jobId, epoch, index })),
      )
      return states.map(({ paid }) => paid !== 'no')
    },
  }
}

async function closeJob(
  chain: Chain,
  key: PrivateKey,
  { job, signal }: { job: Job; signal: AbortSignal },
): Promise<{ refund: Wei; bond: Wei }> {
  const { jobId, opening } = job
  const before = await mustRead(chain, jobId)
  if (before.state === 'open') await beginClose(chain, key, opening)
  for (;;) {
    const now = await mustRead(chain, jobId)
    if (now.state === 'closed')
      return { refund: (now.budget - now.committed - now.repaid) as Wei, bond: now.bond }
    const unchallenged = now.finalBy === 0 ? 0 : now.finalBy + opening.terms.challengeDelay
    const dueAt = Math.max(now.closeAt, unchallenged)
    const leftMs = (dueAt - (await chainTime(chain))) * 1000
    if (leftMs <= 0) await close(chain, key, opening)
    else await pause(Math.min(leftMs, 30_000), signal)
  }
}

async function mustRead(chain: Chain, jobId: Hex): Promise<NonNullable<Awaited<ReturnType<typeof readJob>>>> {
  const job = await readJob(chain, jobId)
  if (job === undefined) throw new Failure('refused', `Job ${jobId} is not on this chain`)
  return job
}
