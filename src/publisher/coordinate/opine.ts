import type { Speed } from '../../market/frame-size.ts'
import { foldSpeed, frameUnits } from '../../market/frame-size.ts'
import type { PrivateKey } from '../../protocol/account.ts'
import { digestOf } from '../../protocol/digest.ts'
import { unitFailure } from '../../protocol/work/message.ts'
import { packResult } from '../../protocol/work/metered.ts'
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
 * Gives the publisher's own, unpaid opinion on units that no present provider can move on, and on those that several say fail, until
 * the signal aborts: with fewer payees than the quorum nothing would ever be accepted otherwise. Throws what loading the kernel throws.
 */
export async function opine(coordinator: Coordinator, ports: OpinePorts, signal: AbortSignal): Promise<void> {
  let kernel: LoadedKernel | undefined
  let speed: Speed
  const skipped = new Set<number>()
  try {
    while (!signal.aborted) {
      const options = { max: frameUnits(speed, 1), skipped }
      const units = coordinator.isCancelled ? [] : findUnits(coordinator, ports.nowMs(), options)
      if (units.length === 0) {
        await ports.turn(signal)
        continue
      }
      kernel ??= await ports.load()
      const startedAt = ports.nowMs()
      const runs = await kernel.run(units, signal)
      speed = foldSpeed(speed, ports.nowMs() - startedAt, units.length)
      const done = runs.filter((run): run is Done => run.kind === 'done')
      for (const { unit } of done) coordinator.failures.suspects.delete(unit)
      if (done.length > 0) await coordinator.opine(sign(coordinator, done, ports.key))
      else await ports.turn(signal)
      for (const run of runs) {
        if (run.kind !== 'failed' || run.failure.code === 'cancelled') continue
        skipped.add(run.unit)
        await giveUp(coordinator, run)
      }
    }
  } finally {
    kernel?.close()
  }
}

/** Stops being asked about units that several say fail: what nobody has run is given up on their word. */
export async function standDown(coordinator: Coordinator): Promise<void> {
  const { failures, board } = coordinator
  failures.isReferee = false
  for (const unit of [...failures.suspects.keys()])
    if (board.votes(unit).length === 0 && failures.condemn(unit)) await coordinator.blame(unit)
}

/** What fails in the same way everywhere is the kernel's fault; for anything else the unit waits for another provider. */
async function giveUp(coordinator: Coordinator, { unit, failure }: Failed): Promise<void> {
  const { code, message } = failure
  const { failures, board } = coordinator
  const others = board.votes(unit).length
  if (failures.noteOwn({ unit, code: unitFailure(code), message }, others)) await coordinator.blame(unit)
}

type Done = Extract<UnitRun, { kind: 'done' }>
type Failed = Extract<UnitRun, { kind: 'failed' }>

function findUnits(
  { board, seats, ledger, failures }: Coordinator,
  nowMs: number,
  { max, skipped }: { max: number; skipped: ReadonlySet<number> },
): number[] {
  const suspects = [...failures.suspects.keys()].filter(
    (unit) =>
      !board.isUnitDecided(unit) && !skipped.has(unit) && !board.votes(unit).some(({ isOwn }) => isOwn),
  )
  if (suspects.length > 0) return suspects.slice(0, max)
  const present = [...seats].filter(
    (seat) =>
      nowMs - Math.max(seat.wantedAt, seat.joinedAt) < PRESENT_MS &&
      !seat.hasLeft &&
      !ledger.isDistrusted(seat),
  )
  const payees = present.map((seat) => seat.payee)
  return board.needOpinion(payees, {
    waitedBefore: nowMs - WAIT_MS,
    stuckBefore: nowMs - STUCK_MS,
    max,
    skipped,
  })
}

function sign(
  { job }: Coordinator,
  done: readonly Done[],
  key: PrivateKey,
): Parameters<Coordinator['opine']>[0] {
  const units = done.map(({ unit }) => unit)
  const outputs = done.map((run) => packResult(job.manifest, run))
  const digests = outputs.map(digestOf)
  const results = { jobId: job.jobId, payee: job.opening.publisher, units, digests }
  const signed = { ...results, account: job.opening.publisher, signature: signResults(results, key) }
  return { results: signed, outputs }
}
