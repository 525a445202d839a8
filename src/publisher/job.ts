import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { bindingsOf } from '../protocol/manifest/bindings.ts'
import { compileExpression } from '../protocol/manifest/expression.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { scopeOf } from '../protocol/manifest/manifest.ts'
import type { Wei } from '../protocol/wei.ts'

/** One job as its publisher holds it; everything in it is fixed when the job is opened. */
export type Job = {
  readonly jobId: Hex
  readonly publisher: Address
  readonly manifest: Manifest
  readonly price: Wei
  readonly budget: Wei
  readonly bond: Wei
  readonly salt: Hex
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
