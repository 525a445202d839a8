import type { Token } from '../chain/token/token.ts'
import type { Hex } from '../protocol/bytes.ts'
import type { Opening } from '../protocol/escrow/opening.ts'
import { Failure } from '../protocol/failure.ts'
import { outputCheck, outputSize } from '../protocol/manifest/check-output.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import type { Wei } from '../protocol/wei.ts'
import { countBytes, outputOf } from '../protocol/work/metered.ts'

/** One job as its publisher holds it; everything in it is fixed when the job is opened. */
export type Job = {
  readonly jobId: Hex
  /** What it is opened with; its hash is the job's id. */
  readonly opening: Opening
  /** What it pays in; undefined is the chain's own coin. */
  readonly token: Token | undefined
  readonly manifest: Manifest
  readonly price: Wei
  readonly openedAt: number
}

/** The bytes of every unit's result, or the most it may have. Throws `malformed` when an expression leaves the integers. */
export function resultSize(manifest: Manifest): (unit: number) => number {
  const size = outputSize(manifest)
  const count = countBytes(manifest)
  return (unit) => count + size(unit)
}

/** Checks the size of a unit's result and of all outputs in it; the check throws `oversized` or `malformed`, naming the unit. */
export function resultCheck(manifest: Manifest): (unit: number, result: Uint8Array) => void {
  const check = outputCheck(manifest)
  return (unit, result) => {
    try {
      check(unit, outputOf(manifest, result))
    } catch (cause) {
      if (!(cause instanceof Failure)) throw cause
      throw new Failure(cause.code, `Unit ${unit}: ${cause.message}`, { cause })
    }
  }
}
