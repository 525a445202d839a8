import type { Digest, Hex } from '../../protocol/bytes.ts'
import { digestOf } from '../../protocol/digest.ts'
import type { FailureCode } from '../../protocol/failure.ts'
import type { Manifest } from '../../protocol/manifest/manifest.ts'
import type { Wei } from '../../protocol/wei.ts'
import type { ExecutorKind } from '../../protocol/work/hello.ts'
import type { FailedUnit, WorkMessage } from '../../protocol/work/message.ts'
import { unitFailure } from '../../protocol/work/message.ts'
import { packResult, pricing } from '../../protocol/work/metered.ts'
import type { UnitRun } from '../../worker/executor.ts'

/** What came of the units of a lease, as it is delivered: lists of one length for those that are done, and those that failed. */
export type Delivery = {
  readonly units: readonly number[]
  readonly outputs: readonly Uint8Array[]
  readonly results: readonly Uint8Array[]
  readonly digests: readonly Digest[]
  readonly worths: readonly Wei[]
  readonly failed: readonly FailedUnit[]
}

type Done = Extract<UnitRun, { kind: 'done' }>

/** Prepares the delivery of a lease. What was cancelled is left out. */
export function deliveryOf(manifest: Manifest, runs: readonly UnitRun[]): Delivery {
  const done = runs.filter((run): run is Done => run.kind === 'done')
  const failed = runs.flatMap((run): FailedUnit[] =>
    run.kind === 'failed' && run.failure.code !== 'cancelled'
      ? [{ unit: run.unit, code: unitFailure(run.failure.code), message: run.failure.message.slice(0, 400) }]
      : [],
  )
  const results = done.map((run) => packResult(manifest, run))
  return {
    units: done.map(({ unit }) => unit),
    outputs: done.map(({ output }) => output),
    results,
    digests: results.map(digestOf),
    worths: results.map(pricing(manifest)),
    failed,
  }
}

/** The units of a lease that are still to be run. */
export function openUnits(lease: { units: readonly number[]; runs: readonly UnitRun[] }): number[] {
  const ran = new Set(lease.runs.map(({ unit }) => unit))
  return lease.units.filter((unit) => !ran.has(unit))
}

/** What happens to the GPU, or is stopped here, is no fault of the job. */
const NO_FAULTS: readonly string[] = ['cancelled', 'device-lost', 'wedged'] satisfies FailureCode[]

/** Goes on counting how many units in a row the kernel failed at, and stops where that comes to `most`. */
export function countFaults(before: number, runs: readonly UnitRun[], most: number): number {
  let count = before
  for (const run of runs) {
    if (count >= most) break
    if (run.kind === 'done') count = 0
    else if (!NO_FAULTS.includes(run.failure.code)) count += 1
  }
  return count
}

/** What a publisher is told when its kernel fails here again and again, so that it learns why nobody asks for units. */
export function givingUp(
  {
    said,
    executor = 'wasm',
  }: { readonly said: { readonly jobId: Hex }; readonly executor: ExecutorKind | undefined },
  message: string,
): WorkMessage {
  return { kind: 'unfit', jobId: said.jobId, executor, code: 'refused', message }
}
