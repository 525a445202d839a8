import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hex } from '../../../src/protocol/bytes.ts'
import type { PublisherEngine } from '../../../src/publisher/publisher.ts'
import { startNodePublisher } from '../../../src/publisher/start-node.ts'
import type { PublishedJob } from '../../../src/publisher/state.ts'
import type { NetworkProcess } from './process.ts'

/** A publisher in this process that joined a network from outside; what it knows is at hand. */
export type NodePublisher = {
  readonly engine: PublisherEngine
  readonly folder: string
  job(jobId: Hex): PublishedJob
  stop(): Promise<void>
}

/** Starts a publisher on a network, with an account filled by the network's faucet. */
export async function startPublisher({ network, url }: NetworkProcess): Promise<NodePublisher> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-publisher-'))
  const life = new AbortController()
  const ways = { rpc: `${url}/rpc`, faucet: `${url}/faucet` }
  const listen = { host: '127.0.0.1', port: 0 }
  const engine = await startNodePublisher({ network: { ...network, ...ways }, folder, listen }, life.signal)
  return {
    engine,
    folder,
    job(jobId) {
      const found = engine.show().jobs.find((job) => job.jobId === jobId)
      if (found === undefined) throw new Error(`the publisher has no job ${jobId}`)
      return found
    },
    async stop() {
      life.abort()
      await engine.stopped
      await rm(folder, { recursive: true, force: true })
    },
  }
}
