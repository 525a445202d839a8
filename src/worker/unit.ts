import { concat } from '../protocol/bytes.ts'
import { Failure, malformed } from '../protocol/failure.ts'
import { bindingsOf } from '../protocol/manifest/bindings.ts'
import type { Bindings } from '../protocol/manifest/expression.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { scopeOf } from '../protocol/manifest/manifest.ts'
import type { Output } from '../protocol/manifest/outputs.ts'
import { splitOutputs } from '../protocol/manifest/outputs.ts'
import type { Program } from '../protocol/manifest/program.ts'
import type { Recipe } from '../protocol/manifest/recipe.ts'
import { compilePieces } from '../protocol/manifest/recipe.ts'
import { turnNames } from '../protocol/manifest/wgsl/gpu-buffer.ts'
import type { Executor, Round } from './executor.ts'
import { firstRound } from './executor.ts'

/** The program of a manifest for one executor. Throws `unsupported` when it has none. */
export function programOf<E extends Executor>(manifest: Manifest, executor: E): Program & { kind: E } {
  const program = manifest.programs.find((entry): entry is Program & { kind: E } => entry.kind === executor)
  if (program === undefined) throw new Failure('unsupported', `The job has no ${executor} program`)
  return program
}

/**
 * Prepares a recipe of a manifest for filling unit after unit. `turn` are the values of further names, where the recipe has
 * some; a name of the job that is spelled the same goes first.
 */
export function fillOf(
  manifest: Manifest,
  inputs: ReadonlyMap<string, Uint8Array>,
  recipe: Recipe,
): (unit: number, round?: Round, turn?: Bindings) => Uint8Array<ArrayBuffer> {
  const cut = piecesOf(manifest, inputs, recipe)
  return (...of) => concat(cut(...of))
}

/** As `fillOf`, but leaves the pieces apart, for who writes them one behind the other to where they are needed. */
export function piecesOf(
  manifest: Manifest,
  inputs: ReadonlyMap<string, Uint8Array>,
  recipe: Recipe,
): (unit: number, round?: Round, turn?: Bindings) => readonly Uint8Array[] {
  const cut = compilePieces(recipe, turnNames(namesOf(manifest)))
  const bind = bindingsOf(manifest)
  return (unit, round = firstRound, turn = {}) => {
    const bindings = { ...turn, ...bind(unit, round.index) }
    const { params } = manifest
    const previous = round.index === 0 ? undefined : round.previous
    return cut({ bindings, params, inputs, previous })
  }
}

/** Checks, before anything puts pieces together, that they come to at most `most` bytes. Throws `memory`, saying `what` they are. */
export function checkFits(pieces: readonly Uint8Array[], most: number, what: string): void {
  const size = pieces.reduce((sum, { length }) => sum + length, 0)
  if (size > most)
    throw new Failure('memory', `the unit starts with ${size} bytes of ${what}; at most ${most} fit`)
}

/** The names that the expressions of a manifest may use. */
export function namesOf(manifest: Manifest): readonly string[] {
  return scopeOf(manifest.units, manifest).names
}

/** Gives every NaN of a float output the same bits, because machines differ in them. Changes the bytes of a unit in place. */
export function settleNaNs({ outputs }: Manifest, output: Uint8Array): void {
  if (!outputs.some(({ type }) => type in settle)) return
  for (const [index, part] of splitOutputs(output, outputs.length).entries()) {
    const settled = settle[outputs[index]?.type ?? 'u8']
    if (settled === undefined) continue
    // Views of words, several times as fast as a `DataView`, want an aligned place.
    const aligned = part.byteOffset % 8 === 0 ? part : part.slice()
    settled(aligned)
    if (aligned !== part) part.set(aligned)
  }
}

const settle: Partial<Record<Output['type'], (bytes: Uint8Array) => void>> = {
  f16({ buffer, byteOffset, byteLength }) {
    const halves = new Uint16Array(buffer, byteOffset, byteLength >> 1)
    for (let at = 0; at < halves.length; at += 1)
      if (((halves[at] ?? 0) & 0x7fff) > 0x7c00) halves[at] = 0x7e00
  },
  f32({ buffer, byteOffset, byteLength }) {
    const words = new Uint32Array(buffer, byteOffset, byteLength >> 2)
    for (let at = 0; at < words.length; at += 1)
      if (((words[at] ?? 0) & 0x7fffffff) > 0x7f800000) words[at] = 0x7fc00000
  },
  f64({ buffer, byteOffset, byteLength }) {
    const numbers = new Float64Array(buffer, byteOffset, byteLength >> 3)
    const words = new BigUint64Array(buffer, byteOffset, byteLength >> 3)
    for (let at = 0; at < numbers.length; at += 1) if (Number.isNaN(numbers[at])) words[at] = 0x7ff8n << 48n
  },
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
