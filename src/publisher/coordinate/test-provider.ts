import { sampleJob } from '../../kernels/sample.ts'
import type { PrivateKey } from '../../protocol/account.ts'
import { accountOf, makeKey } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { digestOf } from '../../protocol/digest.ts'
import { testOpening } from '../../protocol/escrow/test-opening.ts'
import { replicaPrice } from '../../protocol/manifest/price.ts'
import { toWei } from '../../protocol/wei.ts'
import type { ExecutorKind } from '../../protocol/work/hello.ts'
import type { UnitFailure, WorkMessage } from '../../protocol/work/message.ts'
import { signResults } from '../../protocol/work/result.ts'
import type { Job } from '../job.ts'
import type { Coordinator } from './coordinator.ts'
import type { Seat } from './seat.ts'
import { takeSeat } from './seat.ts'

type Of<K extends WorkMessage['kind']> = Extract<WorkMessage, { kind: K }>

/** A job of `units` tiny units for tests: quorum 2, 10 wei for each replica, three replicas a unit unless said otherwise. */
export function testJob(units: number, { publisher, budget }: { publisher: Address; budget?: bigint }): Job {
  const { manifest } = sampleJob('square', 0, { priceWei: '10', units })
  const money = { budget: toWei(budget ?? BigInt(units) * 30n), bond: toWei(BigInt(units) * 3n) }
  const opening = testOpening({ publisher, ...money })
  const jobId = `0x${'4'.repeat(64)}` as const
  return { jobId, opening, token: undefined, manifest, price: replicaPrice(manifest), openedAt: 1 }
}

/** The output that every honest provider of a test has for a unit. */
export function testOutput(unit: number): Uint8Array {
  const output = new Uint8Array(64)
  new DataView(output.buffer).setUint32(0, unit)
  return output
}

/** A provider as a coordinator sees it, which keeps what it is told and answers when a test says so. */
export class TestProvider {
  readonly key: PrivateKey = makeKey()
  readonly account: Address = accountOf(this.key)
  readonly told: WorkMessage[] = []
  readonly seat: Seat
  readonly jobId: Hex

  constructor({ jobId, payee, nowMs = 0 }: { jobId: Hex; payee?: Address; nowMs?: number }) {
    this.jobId = jobId
    const executors: ExecutorKind[] = ['wasm']
    const hello = { payee: payee ?? this.account, ask: toWei(0n), executors, cpuWorkers: 1, chains: [] }
    const tell = (message: WorkMessage): void => void this.told.push(message)
    this.seat = takeSeat({ account: this.account, hello, path: 'websocket', tell }, nowMs)
  }

  heard<K extends WorkMessage['kind']>(kind: K): Of<K>[] {
    return this.told.filter((message): message is Of<K> => message.kind === kind)
  }

  get lease(): Of<'lease'> {
    const lease = this.heard('lease').at(-1)
    if (lease === undefined) throw new Error('no lease came')
    return lease
  }

  /** The result of a lease, as an honest provider gives it unless `outputOf` says otherwise. */
  answer(lease = this.lease, outputOf: (unit: number) => Uint8Array = testOutput): Of<'result'> {
    const { units } = lease
    const outputs = units.map(outputOf)
    const results = { jobId: this.jobId, payee: this.seat.payee, units, digests: outputs.map(digestOf) }
    const signed = { ...results, account: this.account, signature: signResults(results, this.key) }
    return { kind: 'result', lease: lease.lease, results: signed, outputs, failed: [], elapsedMs: 1 }
  }

  /** Says that all units of a lease failed. */
  failed(lease = this.lease, code: UnitFailure = 'trap'): Of<'result'> {
    const failed = lease.units.map((unit) => ({ unit, code, message: `Unit ${unit}: out of reach` }))
    return { ...this.answer({ ...lease, units: [] }), failed }
  }

  /** Asks for frames of a unit each and fails at so many of them, then leaves the job as a provider does. */
  async failAt(coordinator: Coordinator, units: number, code: UnitFailure = 'trap'): Promise<void> {
    for (let done = 0; done < units; done += 1) {
      const before = this.heard('lease').length
      coordinator.want(this.seat, 'wasm', 1)
      if (this.heard('lease').length === before) return
      await coordinator.result(this.seat, this.failed(this.lease, code))
    }
    coordinator.unfit(this.seat, { executor: 'wasm', code: 'refused', message: 'units in a row failed' })
  }

  /** Asks for frames and answers every lease until none comes any more. */
  async work(coordinator: Coordinator, outputOf?: (unit: number) => Uint8Array): Promise<void> {
    for (let done = this.heard('lease').length; ; done += 1) {
      coordinator.want(this.seat, 'wasm', 1)
      const lease = this.heard('lease')[done]
      if (lease === undefined) return
      await coordinator.result(this.seat, this.answer(lease, outputOf))
    }
  }
}
