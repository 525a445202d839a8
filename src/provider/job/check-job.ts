import type { Chain } from '../../chain/chain.ts'
import type { EpochName } from '../../chain/escrow/proven-leaf.ts'
import type { Job } from '../../chain/escrow/read-escrow.ts'
import { availableOf, readEpoch, readJob, readSettler } from '../../chain/escrow/read-escrow.ts'
import { checkTerms } from '../../chain/terms.ts'
import type { Address } from '../../protocol/address.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Announcement, ChainName } from '../../protocol/announcement.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'

/**
 * Checks what an announcement says against the chain: that the escrow holds such a job, open, with money left, under terms that
 * a provider can live with. That publisher, manifest and terms are those of the job its opening says: the job's id is its hash.
 * Throws `refused` naming what is not true.
 */
export async function checkJob(chain: Chain, name: ChainName, said: Announcement): Promise<Job> {
  if (said.chainId !== name.chainId || said.genesis !== name.genesis) throw lie('it is on another chain')
  if (said.escrow !== chain.escrow) throw lie(`its escrow ${said.escrow} is not the one we know`)
  const job = await askJob(chain, said.jobId)
  if (job === undefined) throw lie('the escrow holds no such job')
  if (job.state !== 'open') throw lie(`the job is ${job.state}`)
  if (availableOf(job, said.opening.terms) < said.price) throw lie('its escrow covers no more work')
  if (job.bond === 0n && said.price > 0n) throw lie('nothing is laid down as bond')
  checkTerms(said.opening.terms, name.chainId)
  if (job.token !== ZERO_ADDRESS) await (await tokenCheck())(chain, job.token)
  return job
}

/** Few jobs pay in tokens: what checks them is loaded when one does. */
async function tokenCheck(): Promise<(chain: Chain, token: Address) => Promise<void>> {
  try {
    return (await import('../../chain/token/refuse-rebasing.ts')).refuseRebasing
  } catch (cause) {
    throw new Failure('unreachable', 'What checks tokens could not be loaded', { cause })
  }
}

/** Reads a job. Throws `unreachable` whatever goes wrong: what a node of the chain says instead of an answer is nobody's lie. */
export async function askJob(chain: Chain, jobId: Hex): Promise<Job | undefined> {
  return answered(() => readJob(chain, jobId))
}

/** Reads who signs an epoch. Throws `unreachable`, as `askJob` does. */
export async function askSettler(chain: Chain, job: Job, epoch: number): Promise<Address> {
  return answered(() => readSettler(chain, job, epoch))
}

/** Reads what is on chain of an epoch: nothing before it is posted. Throws `unreachable`, as `askJob` does. */
export async function askPosted(chain: Chain, name: EpochName, { epochs }: Job): Promise<Wei> {
  if (name.epoch >= epochs) return toWei(0n)
  return answered(async () => (await readEpoch(chain, name))?.total ?? toWei(0n))
}

async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    throw new Failure('unreachable', `The chain does not answer: ${reason(cause)}`, { cause })
  }
}

function lie(what: string): Failure {
  return new Failure('refused', `The announcement is not true: ${what}`)
}
