import { once } from 'node:events'
import { join, resolve } from 'node:path'
import type { Address } from '../protocol/address.ts'
import { Failure } from '../protocol/failure.ts'
import { startNodePublisher } from '../publisher/start-node.ts'
import { loadRelayKey } from '../relay/relay-key.ts'
import { forProcess } from './local/for-process.ts'
import { holdFolder } from './local/hold-folder.ts'
import type { LocalNetwork } from './local/local-network.ts'
import { PORTS, pickPort } from './ports.ts'
import { webFolder } from './project.ts'
import { makeReporter, type Reporter } from './reporter.ts'
import { publishSamples } from './samples.ts'

/** The options of `weft up`. */
export type UpOptions = {
  readonly data: string
  readonly fresh: boolean
  readonly json: boolean
  /** Whether sample jobs are published. */
  readonly samples: boolean
  /** Whether the publisher claims for its payees where gas is free. */
  readonly claims: boolean
  readonly port?: number
  /** A chain that runs already; sample jobs would cost money there and are not published. */
  readonly chainRpc?: string
  readonly contract?: Address
}

const NO_CLAIMS = { claims: 'none' } as const

/** Runs a whole network on this machine until the signal aborts: chain, contract, relay, web app and a publisher of samples. */
export async function up(
  { data, fresh, json, port, samples, claims, chainRpc, contract }: UpOptions,
  signal: AbortSignal,
): Promise<void> {
  const folder = resolve(data)
  const reporter = makeReporter(json)
  const use = async (network: LocalNetwork, ends: AbortSignal): Promise<void> => {
    const port = await pickPort({
      name: 'publisher',
      usual: PORTS.publisher,
      wanted: isAnyPort ? 0 : undefined,
      report: reporter.line,
    })
    const publisher = await startNodePublisher(
      {
        network: forProcess(network),
        folder,
        listen: { host: '127.0.0.1', port },
        ...(claims ? {} : NO_CLAIMS),
      },
      ends,
    ).catch((error: unknown) => {
      throw withWayOut(error)
    })
    const hasSamples = samples && chainRpc === undefined
    const over = hasSamples ? publishSamples(publisher, { folder, report: reporter.line }, ends) : undefined
    sayReady(network, reporter, folder)
    if (over !== undefined) await over
    else if (!ends.aborted) await once(ends, 'abort')
    reporter.line('Stopping')
    await publisher.stopped
  }
  const isAnyPort = port === 0
  reporter.line(`Starting a network; its data is in ${folder}`)
  await holdFolder({ folder, isFresh: fresh }, async () => {
    const { withNetwork } = await import('./local/local-network.ts')
    const options = {
      folder,
      webFolder: webFolder(),
      port,
      ...(chainRpc === undefined ? {} : { chainRpc }),
      ...(contract === undefined ? {} : { contract }),
      relayKey: await loadRelayKey(join(folder, 'keys')),
      report: reporter.line,
    }
    await withNetwork(options, use, signal)
  })
  reporter.line(`Stopped; the state is kept in ${folder}`)
}

function sayReady({ network, url }: LocalNetwork, reporter: Reporter, folder: string): void {
  const { chainId, genesis, escrow, relays, isTest } = network
  reporter.event('ready', { url, chainId, genesis, escrow, relays, data: folder })
  reporter.line(
    `Chain ${chainId} with ${isTest ? 'test money only' : 'real money'}; escrow contract at ${escrow}`,
  )
  reporter.line(`Open ${url} and press Start. Ctrl-C stops the network.`)
}

/** What lies on the disk may be of another version. */
function withWayOut(error: unknown): unknown {
  if (!(error instanceof Failure) || error.code !== 'storage') return error
  const way = 'It may be of another version: start anew with --fresh, or use another folder with --data DIR.'
  return new Failure('storage', `${error.message}. ${way}`, { cause: error })
}
