import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect } from 'vitest'
import { chainIdentity } from '../chain/chain.ts'
import { readJob } from '../chain/escrow/read-escrow.ts'
import { startTestChain } from '../chain/test-chain.ts'
import { sampleJob } from '../kernels/sample.ts'
import type { PeerNode, StreamHandler } from '../p2p/peer-node.ts'
import { TestStream } from '../p2p/stream/test-stream.ts'
import type { PrivateKey } from '../protocol/account.ts'
import { accountOf, makeKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { Announcement } from '../protocol/announcement.ts'
import type { Hex } from '../protocol/bytes.ts'
import { digestOf } from '../protocol/digest.ts'
import { Failure } from '../protocol/failure.ts'
import type { SignedStatement } from '../protocol/statement/statement.ts'
import { toWei } from '../protocol/wei.ts'
import { packHello } from '../protocol/work/hello.ts'
import { signResults } from '../protocol/work/result.ts'
import type { Store } from '../store/store.ts'
import { loadInNode } from '../worker/node-kernel.ts'
import type { PublisherParts } from './publish.ts'
import { openPublisher } from './publisher.ts'
import type { PublishedJob } from './state.ts'

const testChain = await startTestChain()
export const { chain, rpcUrl, publisher, settler } = testChain
export const name = await chainIdentity(chain)
export const folder = await mkdtemp(join(tmpdir(), 'weft-publisher-'))

afterAll(async () => {
  await testChain.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Everything of a publisher but its network, which the test plays. */
export class Stage {
  readonly store: Store
  readonly announced: Announcement[] = []
  readonly mirrored: SignedStatement[] = []
  readonly #handlers = new Map<string, StreamHandler>()
  readonly #end = new AbortController()

  constructor(store: Store) {
    this.store = store
  }

  open() {
    return openPublisher(this.parts, this.#end.signal)
  }

  /** A power cut: everything in memory is gone. */
  cut(): void {
    this.#end.abort()
  }

  get parts(): PublisherParts {
    const node: PeerNode = {
      account: accountOf(publisher),
      peerId: 'peer of the publisher',
      addresses: () => ['/ip4/127.0.0.1/tcp/1/ws'],
      dial: () => Promise.reject(new Failure('unreachable', 'not in this test')),
      handle: async (protocol, onStream) => void this.#handlers.set(protocol, onStream),
      path: () => undefined,
      onPeers: () => undefined,
      relays: () => [],
      onRelays: () => undefined,
      stopped: Promise.resolve(),
    }
    return {
      node,
      registry: {
        announce: async ({ announcement }) => void this.announced.push(announcement),
        witness: async () => [],
        query: async () => [],
        subscribe: () => undefined,
        mirror: (signed) => void this.mirrored.push(signed),
      },
      chain: name,
      escrow: chain.escrow,
      money: chain,
      store: this.store,
      keys: { publisher, settler },
      nowMs: Date.now,
      load: loadInNode,
      mayCompile: true,
      statementMs: 100,
      thrift: { minAgeMs: 2_000, maxAgeMs: 2_000, costMultiple: 50n },
      claims: 'all',
    }
  }

  /** A provider that answers every lease at once; `outputOf` is what it says a unit gives. */
  connect(jobId: Hex, outputOf: (unit: number) => Uint8Array, key: PrivateKey = makeKey()): Guest {
    const account = accountOf(key)
    const stream = new TestStream(account)
    const guest: Guest = { account, stream, units: [], promised: 0n, limit: Number.POSITIVE_INFINITY }
    stream.onSent = (message) => {
      if (message.kind === 'statement') guest.promised = message.leaf.earned
      if (message.kind !== 'lease' || guest.units.length >= guest.limit) return
      const outputs = message.units.map(outputOf)
      const results = { jobId, payee: account, units: message.units, digests: outputs.map(digestOf) }
      guest.units.push(...message.units)
      queueMicrotask(() => {
        const signed = { ...results, account, signature: signResults(results, key) }
        stream.arrive({
          kind: 'result',
          lease: message.lease,
          results: signed,
          outputs,
          failed: [],
          elapsedMs: 1,
        })
        stream.arrive({ kind: 'want', jobId, executor: 'wasm', frames: 1 })
      })
    }
    void this.#handlers.get('/weft/work/1')?.(stream)
    const hello = {
      payee: account,
      ask: toWei(0n),
      executors: ['wasm'] as const,
      cpuWorkers: 1,
      chains: [name],
    }
    stream.arrive({ kind: 'hello', body: packHello(hello, key) })
    stream.arrive({ kind: 'follow', jobId })
    stream.arrive({ kind: 'want', jobId, executor: 'wasm', frames: 1 })
    return guest
  }
}

type Guest = { account: Address; stream: TestStream; units: number[]; promised: bigint; limit: number }

/** What the square kernel gives: the squares of sixteen numbers. */
export function squares(unit: number): Uint8Array {
  const words = Uint32Array.from({ length: 16 }, (_, word) => Math.imul(unit * 16 + word, unit * 16 + word))
  return new Uint8Array(words.buffer)
}

export const draft = (units: number, priceWei = '1000') => sampleJob('square', 0, { priceWei, units })

/** A wire to the chain that is cut when a transaction has gone over it, before its answer comes back. */
export async function tap(target: string) {
  const wire = { url: '', isCut: false, close: () => void server.close() }
  let isSent = false
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const answer = wire.isCut ? undefined : await fetch(target, { method: 'POST', body, headers: JSON_TYPE })
    if (!isSent && body.includes('eth_sendRawTransaction')) {
      isSent = true
      wire.isCut = true
    }
    if (answer === undefined || wire.isCut) response.destroy()
    else response.writeHead(200, JSON_TYPE).end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  wire.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return wire
}

const JSON_TYPE = { 'content-type': 'application/json' }

export async function until(done: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 1_500; tries += 1) {
    if (done()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`it did not come to this in 15 s: ${what}`)
}

export async function expectSettled(job: PublishedJob): Promise<void> {
  expect(job).toMatchObject({ phase: 'closed', why: '' })
  expect(job.claimed).toBe(job.promised)
  expect(job.refunded + job.claimed).toBe(job.budget)
  expect(job.bondReturned).toBe(job.bond)
  const onChain = await readJob(chain, job.jobId)
  expect(onChain).toMatchObject({ state: 'closed', committed: job.claimed })
}
