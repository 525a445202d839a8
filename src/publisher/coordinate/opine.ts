import type { Speed } from '../../market/frame-size.ts'
import { foldSpeed, frameUnits } from '../../market/frame-size.ts'
import type { PrivateKey } from '../../protocol/account.ts'
import { digestOf } from '../../protocol/digest.ts'
import { signResults } from '../../protocol/work/result.ts'
import type { LoadedKernel, UnitRun } from '../../worker/executor.ts'
import type { Coordinator } from './coordinator.ts'

export type OpinePorts = {
  /** Loads the job's WASM kernel here, in the same sandbox that a provider would use. */
  load(): Promise<LoadedKernel>
  nowMs(): number
  turn(signal: AbortSignal): Promise<void>
  readonly key: PrivateKey
}

/** A unit waits this long for a second provider before the publisher looks at it itself. */
const WAIT_MS = 1_500
/** After this long the publisher gives its opinion even though providers are there who could. */
const STUCK_MS = 30_000
/** A provider counts as being there while it asked for work within this time. */
const PRESENT_MS = 60_000

/**
 * Gives the publisher's own, unpaid opinion on units that no present provider can move on, until the signal aborts: with
 * fewer payees than the quorum nothing would ever be accepted otherwise.
 */
export async function opine(coordinator: Coordinator, ports: OpinePorts, signal: AbortSignal): Promise<void> {
  let kernel: LoadedKernel | undefined
  let speed: Speed
  while (!signal.aborted) {
    const max = frameUnits(speed, 1)
    const units = coordinator.isCancelled ? [] : findUnits(coordinator, ports.nowMs(), max)
    if (units.length === 0) {
      await ports.turn(signal)
      continue
    }
    kernel ??= await ports.load()
    const startedAt = ports.nowMs()
    const done = (await kernel.run(units, signal)).filter((run): run is Done => run.kind === 'done')
    speed = foldSpeed(speed, ports.nowMs() - startedAt, units.length)
    if (done.length > 0) await coordinator.opine(sign(coordinator, done, ports.key))
    else await ports.turn(signal)
  }
  kernel?.close()
}

type Done = Extract<UnitRun, { kind: 'done' }>

function findUnits({ board, seats, ledger }: Coordinator, nowMs: number, max: number): number[] {
  const present = [...seats].filter(
    (seat) => nowMs - Math.max(seat.wantedAt, seat.joinedAt) < PRESENT_MS && !ledger.isDistrusted(seat),
  )
  const payees = present.map((seat) => seat.payee)
  return board.needOpinion(payees, { waitedBefore: nowMs - WAIT_MS, stuckBefore: nowMs - STUCK_MS, max })
}

function sign(
  { job }: Coordinator,
  done: readonly Done[],
  key: PrivateKey,
): Parameters<Coordinator['opine']>[0] {
  const units = done.map(({ unit }) => unit)
  const digests = done.map(({ output }) => digestOf(output))
  const results = { jobId: job.jobId, payee: job.publisher, units, digests }
  const signed = { ...results, account: job.publisher, signature: signResults(results, key) }
  return { results: signed, outputs: done.map(({ output }) => output) }
}
