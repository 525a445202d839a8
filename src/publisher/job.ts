import type { Token } from '../chain/token/token.ts'
import type { Hex } from '../protocol/bytes.ts'
import type { Opening } from '../protocol/escrow/opening.ts'
import { bindingsOf } from '../protocol/manifest/bindings.ts'
import { compileExpression } from '../protocol/manifest/expression.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { scopeOf } from '../protocol/manifest/manifest.ts'
import type { Wei } from '../protocol/wei.ts'

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

/** The exact size of every unit's output, in bytes. Throws `malformed` when the expression leaves the integers. */
export function outputSize(manifest: Manifest): (unit: number) => number {
  const [output] = manifest.outputs
  const evaluate = compileExpression(
    output.bytes,
    'outputs[0].bytes',
    scopeOf(manifest.units, manifest).names,
  )
  const bind = bindingsOf(manifest)
  return (unit) => evaluate(bind(unit))
}
