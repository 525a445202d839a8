import { concat } from '../bytes.ts'
import { malformed } from '../failure.ts'
import { at, readList, readRecord, readWord } from '../read.ts'
import type { Bindings, Expression } from './expression.ts'
import { compileExpression, namesIn } from './expression.ts'
import type { Param } from './param.ts'
import { integerRanges, readSingle } from './param.ts'

/**
 * How the bytes of a buffer, or the input of a WASM module, are put together for one unit: the pieces follow each other,
 * all little-endian. `u32` and `i32` are values of expressions; `f32` are constants; `param` is a parameter in its own type
 * (4 bytes); `input` is an input of the job, or `bytes` of it beginning at `from`; `previous` is the result of the round before, in
 * the first round the input of that name. Both are padded with zeros to a multiple of 4 bytes.
 */
export type Recipe = readonly Piece[]
export type Piece =
  | { readonly u32: readonly Expression[] }
  | { readonly i32: readonly Expression[] }
  | { readonly f32: readonly number[] }
  | { readonly param: string }
  | ({ readonly input: string } & Partial<Slice>)
  | ({ readonly previous: string } & Partial<Slice>)
/** A part of an input, in bytes. */
type Slice = { readonly from: Expression; readonly bytes: Expression }

/** What a recipe is filled from: expression values, the job's parameters, its inputs by name, and the result of the round before. */
export type Ingredients = {
  readonly bindings: Bindings
  readonly params: readonly Param[]
  readonly inputs: ReadonlyMap<string, Uint8Array>
  readonly previous?: Uint8Array | undefined
  /** Nothing is padded, as in the files of a program. */
  readonly isTight?: true
}

/**
 * The names that a program may refer to: in expressions, and of those the ones that are `fixed` for the whole job; the job's
 * inputs, those that a round may take in the place of its `previous` result, and its parameters.
 */
export type Scope = {
  readonly names: readonly string[]
  readonly fixed: readonly string[]
  readonly inputs: readonly string[]
  readonly previous: readonly string[]
  readonly params: readonly string[]
}

type Write = (from: Ingredients) => Uint8Array | Uint8Array[]
const KINDS = ['u32', 'i32', 'f32', 'param', 'input', 'previous'] as const
const MAX_VALUES = 256

/** Reads a recipe. Throws `malformed` with the path of the piece. */
export function parseRecipe(value: unknown, path: string, scope: Scope): Recipe {
  return readList(value, path, { max: 64, read: (entry, place) => parsePiece(entry, place, scope) })
}

/** Prepares a recipe once, so that filling it for each unit only evaluates. */
export function compileRecipe(
  recipe: Recipe,
  names: readonly string[],
): (from: Ingredients) => Uint8Array<ArrayBuffer> {
  const cut = compilePieces(recipe, names)
  return (from) => concat(cut(from))
}

/** As `compileRecipe`, but leaves the pieces apart: inputs of megabytes are then copied once, to where they are needed. */
export function compilePieces(
  recipe: Recipe,
  names: readonly string[],
): (from: Ingredients) => readonly Uint8Array[] {
  const writers = recipe.map((piece, index) => compilePiece(piece, `[${index}]`, names))
  return (from) => writers.flatMap((write) => write(from))
}

/** The names that the expressions of a recipe use. */
export function namesInRecipe(recipe: Recipe): string[] {
  return recipe.flatMap((piece) => {
    if ('u32' in piece) return piece.u32.flatMap(namesIn)
    if ('i32' in piece) return piece.i32.flatMap(namesIn)
    return 'from' in piece ? [piece.from ?? 0, piece.bytes ?? 0].flatMap(namesIn) : []
  })
}

function parsePiece(value: unknown, path: string, scope: Scope): Piece {
  const record = readRecord(value, path, [...KINDS, 'from', 'bytes'])
  const [kind, ...more] = KINDS.filter((name) => Object.hasOwn(record, name))
  if (kind === undefined || more.length > 0) throw malformed(path, `exactly one of ${KINDS.join(', ')}`)
  const place = at(path, kind)
  const read = (entry: unknown, where: string): Expression => {
    compileExpression(entry, where, scope.names)
    return entry as Expression
  }
  const slice = (): Partial<Slice> =>
    record.from === undefined && record.bytes === undefined
      ? {}
      : { from: read(record.from, at(path, 'from')), bytes: read(record.bytes, at(path, 'bytes')) }
  if (kind === 'input') return { input: readWord(record.input, place, { words: scope.inputs }), ...slice() }
  if (kind === 'previous') return { previous: readPrevious(record.previous, place, scope), ...slice() }
  readRecord(value, path, KINDS)
  if (kind === 'param') return { param: readWord(record.param, place, { words: scope.params }) }
  if (kind === 'f32') return { f32: readList(record.f32, place, { max: MAX_VALUES, read: readSingle }) }
  if (kind === 'u32') return { u32: readList(record.u32, place, { max: MAX_VALUES, read }) }
  return { i32: readList(record.i32, place, { max: MAX_VALUES, read }) }
}

function readPrevious(value: unknown, path: string, { previous }: Scope): string {
  if (previous.length === 0)
    throw malformed(
      path,
      'a job of several rounds (rounds above 1) with inputs, and no buffer of scope "lease"; else use "input"',
    )
  return readWord(value, path, { words: previous })
}

function compilePiece(piece: Piece, path: string, names: readonly string[]): Write {
  if ('input' in piece) return compileBytes(piece, names, ({ inputs }) => found(inputs, piece.input))
  if ('previous' in piece)
    return compileBytes(piece, names, ({ inputs, previous }) => previous ?? found(inputs, piece.previous))
  if ('param' in piece) return ({ params }) => paramBytes(params, piece.param)
  if ('f32' in piece) return () => singles(piece.f32)
  return 'i32' in piece
    ? compileIntegers(piece.i32, integerRanges.i32, { path, names })
    : compileIntegers(piece.u32, integerRanges.u32, { path, names })
}

function compileIntegers(
  list: readonly Expression[],
  [min, max]: readonly [number, number],
  { path, names }: { path: string; names: readonly string[] },
): Write {
  const values = list.map((entry) => compileExpression(entry, path, names))
  return ({ bindings }) => {
    const view = new DataView(new ArrayBuffer(values.length * 4))
    values.forEach((evaluate, index) => {
      const number = evaluate(bindings)
      if (number < min || number > max) throw malformed(path, `a value from ${min} to ${max}`, number)
      view.setInt32(index * 4, number | 0, true)
    })
    return new Uint8Array(view.buffer)
  }
}

function compileBytes(
  { from, bytes }: Partial<Slice>,
  names: readonly string[],
  whole: (from: Ingredients) => Uint8Array,
): Write {
  if (from === undefined || bytes === undefined) return (parts) => pad(whole(parts), parts)
  const [first, count] = [compileExpression(from, 'from', names), compileExpression(bytes, 'bytes', names)]
  return (parts) => {
    const all = whole(parts)
    const [start, size] = [first(parts.bindings), count(parts.bindings)]
    if (start < 0 || start > all.length) throw malformed('from', `a place from 0 to ${all.length}`, start)
    if (size < 0 || start + size > all.length)
      throw malformed('bytes', `0 to ${all.length - start} bytes, what there is from ${start}`, size)
    return pad(all.subarray(start, start + size), parts)
  }
}

function paramBytes(params: readonly Param[], name: string): Uint8Array {
  const param = params.find((entry) => entry.name === name)
  if (param === undefined) throw malformed('param', 'a known parameter', name)
  if (param.type === 'f32') return singles([param.value])
  const view = new DataView(new ArrayBuffer(4))
  view.setInt32(0, param.value | 0, true)
  return new Uint8Array(view.buffer)
}

function singles(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  values.forEach((value, index) => {
    view.setFloat32(4 * index, value, true)
  })
  return new Uint8Array(view.buffer)
}

function found(inputs: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = inputs.get(name)
  if (bytes === undefined) throw malformed('input', 'the bytes of the input', name)
  return bytes
}

function pad(bytes: Uint8Array, { isTight }: Ingredients): Uint8Array | Uint8Array[] {
  const rest = isTight === true ? 0 : bytes.length % 4
  return rest === 0 ? bytes : [bytes, new Uint8Array(4 - rest)]
}
