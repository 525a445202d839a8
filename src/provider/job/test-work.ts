import { sampleJob } from '../../kernels/sample.ts'
import type { PrivateKey } from '../../protocol/account.ts'
import { accountOf, makeKey } from '../../protocol/account.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Announcement } from '../../protocol/announcement.ts'
import type { Digest } from '../../protocol/bytes.ts'
import { digestOfCid } from '../../protocol/cid.ts'
import { digestOf } from '../../protocol/digest.ts'
import { testOpening } from '../../protocol/escrow/test-opening.ts'
import { Failure } from '../../protocol/failure.ts'
import { manifestCid } from '../../protocol/manifest/manifest.ts'
import { toWei } from '../../protocol/wei.ts'
import type { WorkMessage } from '../../protocol/work/message.ts'
import type { SignedResults } from '../../protocol/work/result.ts'
import { signResults } from '../../protocol/work/result.ts'
import type { LoadedKernel, UnitRun } from '../../worker/executor.ts'
import type { ChoiceParts } from './choose-executor.ts'
import type { WorkEvent, WorkPorts } from './job-work.ts'
import { JobWork } from './job-work.ts'
import { whyStop } from './why-stop.ts'

export const testSample = sampleJob('square', 0, { priceWei: '10', units: 100 })
/** The publisher of tests. */
export const publisherKey: PrivateKey = makeKey()

/** A browser that was never measured. */
export const noAdmission: ChoiceParts['admission'] = {
  profile: () => Promise.resolve(undefined),
  trialOf: () => undefined,
  remember: () => undefined,
}

/** An announcement of a test's job. */
export function testAnnouncement(change: Partial<Announcement> = {}): Announcement {
  return {
    chainId: 31337,
    genesis: `0x${'1'.repeat(64)}`,
    jobId: `0x${'4'.repeat(64)}`,
    escrow: ZERO_ADDRESS,
    opening: testOpening({
      publisher: accountOf(publisherKey),
      manifest: digestOfCid(manifestCid(testSample.manifest)),
    }),
    price: toWei(10n),
    peer: 'peer',
    addresses: ['/first'],
    name: 'Squares',
    isWithdrawn: false,
    issuedAt: 1_000,
    expiresAt: 1_060,
    ...change,
  }
}

/** What a kernel of a test gives for a unit. */
export function testOutput(unit: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(64).fill(unit + 1)
}

/** A kernel that runs when the test says so. */
export class TestKernel implements LoadedKernel {
  readonly executor = 'wasm' as const
  isClosed = false
  runUnit: (unit: number) => UnitRun = (unit) => ({
    kind: 'done',
    unit,
    output: testOutput(unit),
    elapsedMs: 1,
  })
  gate: Promise<void> = Promise.resolve()
  /** Units that come to their turn together. */
  slice = Number.POSITIVE_INFINITY

  async run(units: readonly number[]): Promise<UnitRun[]> {
    await this.gate
    return units.map((unit) => this.runUnit(unit))
  }

  async runSome(units: readonly number[], signal?: AbortSignal): Promise<UnitRun[]> {
    const failure = new Failure('cancelled', 'The work was cancelled')
    const runs = await this.run(units.slice(0, this.slice))
    return signal?.aborted ? units.map((unit) => ({ kind: 'failed', unit, failure })) : runs
  }

  close(): void {
    this.isClosed = true
  }
}

/** Signed results of some account for one unit. */
export function testResults(unit: number, digest: Digest, key: PrivateKey): SignedResults {
  const results = { jobId: testAnnouncement().jobId, payee: accountOf(key), units: [unit], digests: [digest] }
  return { ...results, account: accountOf(key), signature: signResults(results, key) }
}

/** A job at work, with everything that it says. */
export class TestWork {
  readonly sent: WorkMessage[] = []
  readonly events: WorkEvent[] = []
  readonly key: PrivateKey = makeKey()
  readonly kernel = new TestKernel()
  readonly work: JobWork
  nowMs = 1_000_000
  isUp = true
  #lease = 0

  constructor(said: Partial<Announcement> = {}) {
    const ports: WorkPorts = {
      send: (message) => {
        if (this.isUp) this.sent.push(message)
        return this.isUp
      },
      report: (event) => void this.events.push(event),
      onAccepted: () => undefined,
      whyStop: ({ owed }) =>
        whyStop({
          exposure: owed.exposure,
          maxUnpaid: 200,
          nowMs: this.nowMs,
          unposted: 0n,
          bond: 1n,
          currency: { symbol: 'ETH', decimals: 18 },
          listTrouble: '',
        }),
      nowMs: () => this.nowMs,
    }
    this.work = new JobWork(testAnnouncement(said), ports)
    this.work.manifest = testSample.manifest
    this.work.begin(this.kernel)
  }

  heard<K extends WorkMessage['kind']>(kind: K): Extract<WorkMessage, { kind: K }>[] {
    return this.sent.filter((message): message is Extract<WorkMessage, { kind: K }> => message.kind === kind)
  }

  lease(units: readonly number[], ttlMs = 15_000): number {
    this.#lease += 1
    const { jobId } = this.work.said
    this.work.take({ kind: 'lease', jobId, lease: this.#lease, executor: 'wasm', units, ttlMs })
    return this.#lease
  }

  /** Runs the next lease. */
  async runNext(): Promise<void> {
    const lease = this.work.next()
    if (lease === undefined) throw new Error('there is no lease to run')
    await this.work.run(lease, { key: this.key, payee: accountOf(this.key) })
  }

  accept(units: readonly number[], output = testOutput): void {
    const digests = units.map((unit) => digestOf(output(unit)))
    this.work.take({ kind: 'accepted', jobId: this.work.said.jobId, units, digests, own: 0 })
  }
}
