import { Failure, malformed } from '../protocol/failure.ts'
import { bindingsOf } from '../protocol/manifest/bindings.ts'
import { compileExpression } from '../protocol/manifest/expression.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { scopeOf } from '../protocol/manifest/manifest.ts'
import type { Program } from '../protocol/manifest/program.ts'
import type { Recipe } from '../protocol/manifest/recipe.ts'
import { compileRecipe } from '../protocol/manifest/recipe.ts'
import type { Executor } from './executor.ts'

/** The program of a manifest for one executor. Throws `unsupported` when it has none. */
export function programOf<E extends Executor>(manifest: Manifest, executor: E): Program & { kind: E } {
  const program = manifest.programs.find((entry): entry is Program & { kind: E } => entry.kind === executor)
  if (program === undefined) throw new Failure('unsupported', `The job has no ${executor} program`)
  return program
}

/** Prepares a recipe of a manifest for filling unit after unit. */
export function fillOf(
  manifest: Manifest,
  inputs: ReadonlyMap<string, Uint8Array>,
  recipe: Recipe,
): (unit: number) => Uint8Array<ArrayBuffer> {
  const fill = compileRecipe(recipe, namesOf(manifest))
  const bind = bindingsOf(manifest)
  return (unit) => fill({ bindings: bind(unit), params: manifest.params, inputs })
}

/** The names that the expressions of a manifest may use. */
export function namesOf(manifest: Manifest): readonly string[] {
  return scopeOf(manifest.units, manifest).names
}

/** Checks the size of outputs; the check throws `oversized` or `malformed`. */
export function checkOutputOf(manifest: Manifest): (unit: number, size: number) => void {
  const { outputBytes } = manifest.limits
  const sizeOf = compileExpression(manifest.outputs[0].bytes, 'outputs[0].bytes', namesOf(manifest))
  const bind = bindingsOf(manifest)
  return (unit, size) => {
    if (size > outputBytes)
      throw new Failure('oversized', `the output has ${size} bytes, more than the limit of ${outputBytes}`)
    const expected = sizeOf(bind(unit))
    if (size !== expected) throw malformed('output', `${expected} bytes, as outputs[0].bytes says`, size)
  }
}

/** Gives every NaN of an f32 output the same bits, because machines differ in them. Changes `output` in place. */
export function settleNaNs(manifest: Manifest, output: Uint8Array): void {
  if (manifest.outputs[0].type !== 'f32') return
  const view = new DataView(output.buffer, output.byteOffset, output.byteLength)
  for (let at = 0; at + 4 <= output.length; at += 4)
    if ((view.getUint32(at, true) & 0x7fffffff) > 0x7f800000) view.setUint32(at, 0x7fc00000, true)
}

/** Checks that the code and all inputs of a manifest are there, in the sizes it states. Throws `malformed`. */
export function checkParts(
  manifest: Manifest,
  {
    executor,
    code,
    inputs,
  }: { executor: Executor; code: Uint8Array; inputs: ReadonlyMap<string, Uint8Array> },
): void {
  const { bytes } = programOf(manifest, executor).code
  if (code.length !== bytes) throw malformed('code', `${bytes} bytes, as the manifest says`, code.length)
  for (const input of manifest.inputs) {
    const found = inputs.get(input.name)?.length
    if (found !== input.bytes)
      throw malformed(`inputs.${input.name}`, `${input.bytes} bytes`, found ?? 'none')
  }
}
