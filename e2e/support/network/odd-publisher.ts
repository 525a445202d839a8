import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askFaucet } from '../../../src/chain/ask-faucet.ts'
import type { Thrift } from '../../../src/market/posting.ts'
import type { FrameStream, PeerNode } from '../../../src/p2p/peer-node.ts'
import type { Registry } from '../../../src/p2p/registry/registry.ts'
import { openRegistry } from '../../../src/p2p/registry/registry.ts'
import { openServerNode } from '../../../src/p2p/server-node.ts'
import type { PrivateKey } from '../../../src/protocol/account.ts'
import { accountOf, makeKey } from '../../../src/protocol/account.ts'
import type { SignedAnnouncement } from '../../../src/protocol/announcement.ts'
import { packMessage, parseMessage } from '../../../src/protocol/work/codec.ts'
import type { WorkMessage } from '../../../src/protocol/work/message.ts'
import { pace } from '../../../src/publisher/pace.ts'
import type { PublisherParts } from '../../../src/publisher/publish.ts'
import type { PublisherEngine } from '../../../src/publisher/publisher.ts'
import { openPublisher } from '../../../src/publisher/publisher.ts'
import type { Claims } from '../../../src/settler/escrow-port.ts'
import { openNodeStore } from '../../../src/store/node-store.ts'
import type { UnitRun } from '../../../src/worker/executor.ts'
import { loadInNode } from '../../../src/worker/node-kernel.ts'
import type { NetworkProcess } from './process.ts'

/** What is exchanged in an otherwise honest publisher. */
export type Oddity = {
  /** Programs are published as they are: nobody looks into them before. */
  readonly isBlind?: true
  /** Whether its settler claims for the payees; it does without. */
  readonly claims?: Claims
  /** When its settler posts by itself. */
  readonly thrift?: Thrift
  /** Changes what it says to providers. */
  say?(message: WorkMessage, settler: PrivateKey): WorkMessage
  /** Comes before each announcement of its own. */
  beforeAnnounce?(signed: SignedAnnouncement): Promise<void>
}

/** A publisher of the real parts with one part exchanged. */
export type OddPublisher = { readonly engine: PublisherEngine; stop(): Promise<void> }

/** Starts such a publisher on a network. */
export async function startOddPublisher(
  { network, chain: money, url }: NetworkProcess,
  oddity: Oddity,
): Promise<OddPublisher> {
  const life = new AbortController()
  const { signal } = life
  const folder = await mkdtemp(join(tmpdir(), 'weft-odd-'))
  const keys = { publisher: makeKey(), settler: makeKey() }
  for (const key of Object.values(keys)) await askFaucet(money, accountOf(key), `${url}/faucet`)
  const listen = { host: '127.0.0.1', port: 0 }
  const node = await openServerNode({ key: keys.publisher, relays: network.relays, listen }, signal)
  const engine = await openPublisher(
    {
      store: await openNodeStore(folder, signal),
      node: changeNode(node, (message) => oddity.say?.(message, keys.settler) ?? message),
      registry: changeRegistry(openRegistry(node, signal), oddity),
      ...{ money, keys, chain: network, escrow: network.escrow, nowMs: Date.now },
      load: oddity.isBlind ? loadBlindly() : loadInNode,
      ...pace(network).settling,
      ...(oddity.claims && { claims: oddity.claims }),
      ...(oddity.thrift && { thrift: oddity.thrift }),
    },
    signal,
  )
  const stop = async (): Promise<void> => {
    life.abort()
    await engine.stopped
    await rm(folder, { recursive: true, force: true })
  }
  return { engine, stop }
}

/** The first program, which is looked into before it is paid for, is taken for a good one; later ones are loaded. */
function loadBlindly(): PublisherParts['load'] {
  let isFirst = true
  return async (source, signal) => {
    if (!isFirst) return loadInNode(source, signal)
    isFirst = false
    const run = async (): Promise<UnitRun[]> => []
    return { executor: source.executor, run, runSome: run, close: () => undefined }
  }
}

function changeNode(node: PeerNode, change: (message: WorkMessage) => WorkMessage): PeerNode {
  const changeStream = (stream: FrameStream): FrameStream =>
    exchange(stream, 'send', (frame) => stream.send(packMessage(change(parseMessage(frame)))))
  return exchange(node, 'handle', (protocol, onStream, options) =>
    node.handle(
      protocol,
      protocol.includes('work') ? (stream) => onStream(changeStream(stream)) : onStream,
      options,
    ),
  )
}

function changeRegistry(registry: Registry, { beforeAnnounce }: Oddity): Registry {
  return exchange(registry, 'announce', async (signed) => {
    await beforeAnnounce?.(signed)
    await registry.announce(signed)
  })
}

/** The same thing with one method exchanged. */
function exchange<T extends object, K extends keyof T>(whole: T, name: K, part: T[K]): T {
  return new Proxy(whole, {
    get(target, asked) {
      const value: unknown = asked === name ? part : Reflect.get(target, asked)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
