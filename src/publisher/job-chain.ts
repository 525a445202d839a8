import type { Chain } from '../chain/chain.ts'
import { chainTime, pause } from '../chain/chain.ts'
import { LOCAL_CHAIN_ID } from '../chain/chains.ts'
import { beginClose, claimMany, close, openJob, post } from '../chain/escrow.ts'
import { isClaimed, readEpoch, readJob } from '../chain/read-escrow.ts'
import { defaultTerms, localTerms } from '../chain/terms.ts'
import type { PrivateKey } from '../protocol/account.ts'
import { accountOf } from '../protocol/account.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { digestOfCid } from '../protocol/cid.ts'
import { Failure } from '../protocol/failure.ts'
import { manifestCid } from '../protocol/manifest/manifest.ts'
import type { Wei } from '../protocol/wei.ts'
import type { EscrowPort } from '../settler/settle.ts'
import type { Job } from './job.ts'

/** The two keys of a publisher: one opens jobs and closes them, the other promises and pays. */
export type PublisherKeys = { readonly publisher: PrivateKey; readonly settler: PrivateKey }

/** Where a job's money is: what opening, settling and closing it do on chain. */
export type JobChain = {
  /** Opens the job, unless it is open already: a crash may have come between sending and knowing. */
  open(job: Job, contact: Uint8Array): Promise<void>
  escrow(job: Job): EscrowPort
  /** Closes the job and returns what came back. Takes as long as the job's terms say. */
  close(job: Job, signal: AbortSignal): Promise<{ readonly refund: Wei; readonly bond: Wei }>
}

/** Connects a publisher's keys to a chain. */
export function jobChain(chain: Chain, keys: PublisherKeys, chainId: number): JobChain {
  return {
    open: (job, contact) => openOnce(chain, { keys, chainId, job, contact }),
    escrow: ({ jobId }) => escrowPort(chain, keys.settler, jobId),
    close: (job, signal) => closeJob(chain, keys.publisher, { job, signal }),
  }
}

async function openOnce(
  chain: Chain,
  { keys, chainId, job, contact }: { keys: PublisherKeys; chainId: number; job: Job; contact: Uint8Array },
): Promise<void> {
  if ((await readJob(chain, job.jobId)) !== undefined) return
  const now = await chainTime(chain)
  const opening = openJob(chain, keys.publisher, {
    opening: {
      salt: job.salt,
      token: ZERO_ADDRESS,
      budget: job.budget,
      bond: job.bond,
      settler: accountOf(keys.settler),
      manifest: digestOfCid(manifestCid(job.manifest)),
    },
    terms: chainId === LOCAL_CHAIN_ID ? localTerms(now) : defaultTerms(now),
    contact,
  })
  const jobId = await opening.then(
    (opened) => opened.jobId,
    async (error: unknown) => {
      // An earlier run may have sent it just before it was killed: then it is open by now.
      const found = await readJob(chain, job.jobId).catch(() => undefined) // what went wrong first is told
      if (found === undefined) throw error
      return job.jobId
    },
  )
  if (jobId !== job.jobId)
    throw new Failure('refused', `The escrow opened ${jobId} where ${job.jobId} was expected`)
}

function escrowPort(chain: Chain, key: PrivateKey, jobId: Hex): EscrowPort {
  return {
    post: async (signed) => (await post(chain, key, signed)).hash,
    claim: async (epoch, leaves) => (await claimMany(chain, key, { jobId, epoch, leaves })).hash,
    async posted(epoch) {
      const found = await readEpoch(chain, { jobId, epoch })
      if (found === undefined) return undefined
      return { seq: found.seq, isFinal: found.finalAt <= (await chainTime(chain)) }
    },
    isClaimed: (epoch, index) => isClaimed(chain, { jobId, epoch, index }),
  }
}

async function closeJob(
  chain: Chain,
  key: PrivateKey,
  { job, signal }: { job: Job; signal: AbortSignal },
): Promise<{ refund: Wei; bond: Wei }> {
  const { jobId } = job
  const before = await mustRead(chain, jobId)
  if (before.state === 'open') await beginClose(chain, key, jobId)
  for (;;) {
    const now = await mustRead(chain, jobId)
    if (now.state === 'closed')
      return { refund: (now.budget - now.committed - now.repaid) as Wei, bond: now.bond }
    const dueAt = Math.max(now.closeAt, now.finalBy)
    const leftMs = (dueAt - (await chainTime(chain))) * 1000
    if (leftMs <= 0) await close(chain, key, jobId)
    else await pause(Math.min(leftMs, 30_000), signal)
  }
}

async function mustRead(chain: Chain, jobId: Hex): Promise<NonNullable<Awaited<ReturnType<typeof readJob>>>> {
  const job = await readJob(chain, jobId)
  if (job === undefined) throw new Failure('refused', `Job ${jobId} is not on this chain`)
  return job
}
