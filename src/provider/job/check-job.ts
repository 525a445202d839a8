import type { Chain } from '../../chain/chain.ts'
import type { Job } from '../../chain/read-escrow.ts'
import { readJob } from '../../chain/read-escrow.ts'
import { checkTerms } from '../../chain/terms.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Announcement, ChainName } from '../../protocol/announcement.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { digestOfCid } from '../../protocol/cid.ts'
import { Failure, reason } from '../../protocol/failure.ts'

/**
 * Checks what an announcement says against the chain: that the escrow holds such a job, of that publisher and manifest, open,
 * with money left, under terms that a provider can live with. Throws `refused` naming what is not true.
 */
export async function checkJob(chain: Chain, name: ChainName, said: Announcement): Promise<Job> {
  if (said.chainId !== name.chainId || said.genesis !== name.genesis) throw lie('it is on another chain')
  if (said.escrow !== chain.escrow) throw lie(`its escrow ${said.escrow} is not the one we know`)
  const job = await askJob(chain, said.jobId)
  if (job === undefined) throw lie('the escrow holds no such job')
  if (job.publisher !== said.publisher) throw lie(`the escrow names ${job.publisher} as its publisher`)
  if (job.manifest !== digestOfCid(said.manifest)) throw lie('the escrow names another manifest')
  if (job.token !== ZERO_ADDRESS)
    throw new Failure('unsupported', 'Jobs that pay in tokens are not supported yet')
  if (job.state !== 'open') throw lie(`the job is ${job.state}`)
  if (job.available < said.price) throw lie('its escrow covers no more work')
  if (job.bond === 0n && said.price > 0n) throw lie('nothing is laid down as bond')
  checkTerms(job.terms, name.chainId)
  return job
}

/** Reads a job. Throws `unreachable` whatever goes wrong: what a node of the chain says instead of an answer is nobody's lie. */
export async function askJob(chain: Chain, jobId: Hex): Promise<Job | undefined> {
  try {
    return await readJob(chain, jobId)
  } catch (cause) {
    throw new Failure('unreachable', `The chain does not answer: ${reason(cause)}`, { cause })
  }
}

function lie(what: string): Failure {
  return new Failure('refused', `The announcement is not true: ${what}`)
}
