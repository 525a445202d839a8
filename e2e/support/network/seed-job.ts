import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepareJob } from '../../../src/publisher/draft.ts'
import type { Job } from '../../../src/publisher/job.ts'
import { jobJournal, packJobRecord } from '../../../src/publisher/job-record.ts'
import type { Draft } from '../../../src/publisher/state.ts'
import { loadKeyFile } from '../../../src/store/node-keys.ts'
import { openNodeStore } from '../../../src/store/node-store.ts'
import { loadInNode } from '../../../src/worker/node-kernel.ts'
import type { NetworkProcess } from './process.ts'

/**
 * Ends a network and leaves in its folder what its publisher would have left had it crashed between writing down a new job and
 * opening it: the next start opens the job and sees it through.
 */
export async function stopWithJob(network: NetworkProcess, draft: Draft): Promise<Job> {
  const { chainId, genesis, escrow } = network.network
  const folder = join(network.folder, 'keys')
  const keys = {
    publisher: await loadKeyFile(folder, 'publisher'),
    settler: await loadKeyFile(folder, 'settler'),
  }
  const made = await mkdtemp(join(tmpdir(), 'weft-seed-'))
  const life = new AbortController()
  try {
    const store = await openNodeStore(made, life.signal)
    const where = { chain: network.network, escrow, money: network.chain, store }
    const desk = { ...where, keys, nowMs: Date.now, load: loadInNode, checked: new Map() }
    const job = await prepareJob(draft, desk)
    await store
      .journal(jobJournal(job.jobId))
      .append(packJobRecord({ kind: 'opening', job }), { strict: true })
    await network.stop()
    const place = join(network.folder, `jobs-${chainId}-${genesis.slice(2, 10)}`)
    await rm(place, { recursive: true, force: true })
    await cp(made, place, { recursive: true })
    return job
  } finally {
    life.abort()
    await rm(made, { recursive: true, force: true })
  }
}
