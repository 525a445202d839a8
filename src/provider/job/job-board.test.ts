import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { chainIdentity, chainTime } from '../../chain/chain.ts'
import { openJob } from '../../chain/escrow/jobs.ts'
import { localTerms } from '../../chain/terms.ts'
import { startTestChain } from '../../chain/test-chain.ts'
import type { PeerNode } from '../../p2p/peer-node.ts'
import { TestStream } from '../../p2p/stream/test-stream.ts'
import { accountOf } from '../../protocol/account.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Announcement } from '../../protocol/announcement.ts'
import { digestOfCid } from '../../protocol/cid.ts'
import type { Opening } from '../../protocol/escrow/opening.ts'
import { testOpening } from '../../protocol/escrow/test-opening.ts'
import { Failure } from '../../protocol/failure.ts'
import { encodeManifest, manifestCid } from '../../protocol/manifest/manifest.ts'
import { toWei } from '../../protocol/wei.ts'
import { packMessage } from '../../protocol/work/codec.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import type { Sandbox } from '../../worker/sandbox.ts'
import { TokenBook } from '../money/token-book.ts'
import { DEFAULT_SETTINGS } from '../settings.ts'
import type { ProviderSettings } from '../state.ts'
import { JobBoard } from './job-board.ts'
import type { JobWork } from './job-work.ts'
import { noAdmission, TestKernel, testAnnouncement, testSample } from './test-work.ts'

const { chain, publisher, settler, stop } = await startTestChain()
const chainName = await chainIdentity(chain)

afterAll(() => stop())

async function open(): Promise<Pick<Announcement, 'jobId' | 'opening'>> {
  const opening: Opening = testOpening({
    publisher: accountOf(publisher),
    budget: toWei(6_000n),
    bond: toWei(600n),
    settler: accountOf(settler),
    manifest: digestOfCid(manifestCid(testSample.manifest)),
    terms: localTerms(await chainTime(chain)),
  })
  const { jobId } = await openJob(chain, publisher, { opening, contact: new Uint8Array() })
  return { jobId, opening }
}

/** Sorted, as jobs of one price are ranked. */
const jobs = await Promise.all([open(), open(), open(), open(), open()])
jobs.sort((a, b) => (a.jobId < b.jobId ? -1 : 1))
const jobIds = jobs.map(({ jobId }) => jobId)

/** A board with a network and a sandbox that the test plays. */
class Stage {
  readonly streams: TestStream[] = []
  readonly dialled: string[][] = []
  readonly kernels: TestKernel[] = []
  readonly away = new Set<string>()
  readonly end = new AbortController()
  readonly board: JobBoard
  settings: ProviderSettings = DEFAULT_SETTINGS
  nowMs = 1_000_000
  chainTrouble = ''
  chain = { ...chain }
  loading: Promise<void> = Promise.resolve()

  constructor() {
    const store = openMemoryStore()
    const { manifest, blobs } = testSample
    void store.blobs.put(digestOfCid(manifestCid(manifest)), encodeManifest(manifest))
    for (const [cid, bytes] of blobs) void store.blobs.put(digestOfCid(cid), bytes)
    this.board = new JobBoard(
      {
        node: this.#node(),
        chain: this.chain,
        chainName,
        sandbox: this.#sandbox(),
        admission: noAdmission,
        blobs: store.blobs,
        tokens: new TokenBook({ chain, chainId: chainName.chainId, nowMs: () => this.nowMs }),
        hello: () => ({}),
        settings: () => this.settings,
        report: () => undefined,
        onAccepted: () => undefined,
        onPromise: () => undefined,
        onChain: (why) => {
          this.chainTrouble = why
        },
        onChange: () => this.board.choose(),
        whyStop: () => undefined,
        nowMs: () => this.nowMs,
      },
      this.end.signal,
    )
  }

  announce(n: number, change: Partial<Announcement> = {}): Announcement {
    const announcement = testAnnouncement({
      ...chainName,
      ...jobs[n],
      escrow: chain.escrow,
      peer: `peer ${n}`,
      name: `Job ${n}`,
      ...change,
    })
    this.board.take({ kind: 'added', announcement })
    this.board.choose()
    return announcement
  }

  work(n: number): JobWork {
    const work = [...this.board.works.values()].find(({ said }) => said.jobId === jobIds[n])
    if (work === undefined) throw new Error(`job ${n} is not on the board`)
    return work
  }

  async until(done: () => boolean): Promise<void> {
    for (let tries = 0; tries < 1_000 && !done(); tries += 1) {
      this.board.choose()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const works = [...this.board.works.values()].map(({ said, kind, why }) => `${said.name} ${kind} (${why})`)
    if (!done()) throw new Error(`it did not come to this: ${works.join()}`)
  }

  #node(): PeerNode {
    return {
      account: ZERO_ADDRESS,
      peerId: 'me',
      addresses: () => [],
      dial: async (target) => {
        this.dialled.push([...target.addresses])
        if (this.away.has(target.peer)) throw new Failure('unreachable', `${target.peer} cannot be reached`)
        const stream = new TestStream(accountOf(publisher))
        this.streams.push(stream)
        stream.arrive(packMessage({ kind: 'welcome', jobs: [] }))
        return stream
      },
      handle: () => Promise.resolve(),
      path: () => undefined,
      onPeers: () => undefined,
      relays: () => [],
      onRelays: () => undefined,
      stopped: Promise.resolve(),
    }
  }

  #sandbox(): Sandbox {
    return {
      report: { mode: 'data worker' } as unknown as Sandbox['report'],
      load: async () => {
        await this.loading
        const kernel = new TestKernel()
        this.kernels.push(kernel)
        return kernel
      },
      setCpuWorkers: () => undefined,
    } as unknown as Sandbox
  }
}

let stage: Stage
beforeEach(() => {
  stage = new Stage()
})
afterEach(() => stage.end.abort())

test('an announced job is checked, its publisher visited, its kernel loaded, and then it is worked on', async () => {
  stage.announce(0)
  await stage.until(() => stage.work(0).kind === 'working')
  expect(stage.board.active).toEqual([stage.work(0)])
  expect(stage.streams[0]?.sent.map(({ kind }) => kind)).toEqual(['hello', 'follow'])
})

test('an announcement that lies is refused by name, and the others are worked on', async () => {
  stage.announce(0, { price: toWei(9_999n) })
  stage.announce(1)
  await stage.until(() => stage.work(1).kind === 'working' && stage.work(0).kind !== 'open')
  expect(stage.work(0)).toMatchObject({
    kind: 'refused',
    why: 'The announcement is not true: its escrow covers no more work',
  })
})

test('a job that is skipped while its kernel is loading is not begun, and its kernel is let go', async () => {
  let release: () => void = () => undefined
  stage.loading = new Promise((resolve) => {
    release = resolve
  })
  stage.announce(0)
  await stage.until(() => stage.board.isLoading)
  stage.settings = { ...stage.settings, skippedJobs: [stage.work(0).said.jobId] }
  stage.board.choose()
  release()
  await stage.until(() => stage.kernels[0]?.isClosed === true)
  expect(stage.work(0)).toMatchObject({ kind: 'skipped', why: 'skipped by you' })
  stage.settings = DEFAULT_SETTINGS
  await stage.until(() => stage.work(0).kind === 'working')
})

test('a reload while a kernel is loading loads it again by the new settings', async () => {
  let release: () => void = () => undefined
  stage.loading = new Promise((resolve) => {
    release = resolve
  })
  stage.announce(0)
  await stage.until(() => stage.board.isLoading)
  stage.board.reload()
  release()
  await stage.until(() => stage.work(0).kind === 'working')
  expect(stage.kernels.map(({ isClosed }) => isClosed)).toEqual([true, false])
})

test('a job that ended and is announced again is taken up again', async () => {
  const announcement = stage.announce(0)
  await stage.until(() => stage.work(0).kind === 'working')
  stage.board.take({ kind: 'removed', announcement })
  expect(stage.work(0).kind).toBe('ended')
  expect(stage.kernels[0]?.isClosed).toBe(true)
  stage.board.take({ kind: 'added', announcement: { ...announcement, issuedAt: 2_000 } })
  await stage.until(() => stage.work(0).kind === 'working')
})

test('publishers that cannot be reached make room for others, and are tried again later', async () => {
  for (const n of [0, 1, 2]) stage.away.add(`peer ${n}`)
  for (const n of [0, 1, 2, 3]) stage.announce(n)
  await stage.until(() => stage.dialled.length >= 3 && stage.work(3).kind === 'open')
  stage.nowMs += 20_000
  await stage.until(() => stage.work(3).kind === 'working')
  expect(stage.board.visitOf(stage.work(0))?.trouble).toBe('peer 0 cannot be reached')
  stage.away.clear()
  await stage.until(() => [0, 1, 2].some((n) => stage.work(n).kind === 'working'))
})

test('at most three jobs are worked on, the best paid first', async () => {
  for (const n of [0, 1, 2, 3, 4]) stage.announce(n)
  const best = jobIds.slice(0, 3).join()
  const active = (): string =>
    stage.board.active
      .map(({ said }) => said.jobId)
      .sort()
      .join()
  await stage.until(() => active() === best)
  expect(stage.kernels.filter(({ isClosed }) => !isClosed)).toHaveLength(3)
})

test('a chain that does not answer refuses no job; it is checked when it does', async () => {
  const { client } = chain
  stage.chain.client = {
    ...client,
    request: () => Promise.reject(new TypeError('fetch failed')),
  } as typeof client
  stage.announce(0)
  await stage.until(() => stage.chainTrouble !== '')
  expect(stage.work(0).kind).toBe('open')
  stage.chain.client = client
  stage.nowMs += 5_000
  await stage.until(() => stage.work(0).kind === 'working')
  expect(stage.chainTrouble).toBe('')
})

test('a publisher that comes back at other addresses is dialled there, whichever of its jobs says so', async () => {
  const first = stage.announce(0, { peer: 'peer' })
  stage.announce(1, { peer: 'peer' })
  await stage.until(() => stage.board.active.length === 2)
  expect(stage.streams).toHaveLength(1)
  stage.board.take({ kind: 'updated', announcement: { ...first, addresses: ['/second'], issuedAt: 2_000 } })
  stage.streams[0]?.abort(new Failure('unreachable', 'gone'))
  await stage.until(() => stage.dialled.length === 2)
  expect(stage.dialled[1]).toEqual(['/second'])
  await stage.until(() => stage.board.active.length === 2)
})

test('a publisher that refuses the hello is quoted', async () => {
  stage.announce(0)
  await stage.until(() => stage.work(0).kind === 'working')
  const [stream] = stage.streams
  stream?.arrive({ kind: 'refusal', jobId: undefined, why: 'hello.chains: this publisher pays on chain 1' })
  await stage.until(() => stage.board.visitOf(stage.work(0))?.trouble !== '')
  expect(stage.board.visitOf(stage.work(0))?.trouble).toBe(
    'The publisher refuses: hello.chains: this publisher pays on chain 1',
  )
})

test('a job that the publisher calls done makes room, and its visit ends when nothing is owed', async () => {
  const announcement = stage.announce(0)
  await stage.until(() => stage.work(0).kind === 'working')
  const [stream] = stage.streams
  stage.board.take({ kind: 'removed', announcement })
  stage.board.choose()
  stage.nowMs += 60_000
  stage.board.choose()
  await stage.until(() => stream?.sent.at(-1)?.kind === 'goodbye')
  expect(stage.board.visitOf(stage.work(0))).toBeUndefined()
})
