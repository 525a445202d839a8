import { concat } from '../bytes.ts'
import { malformed } from '../failure.ts'
import { at, readList, readRecord, readWord } from '../read.ts'
import type { Bindings, Expression } from './expression.ts'
import { compileExpression } from './expression.ts'
import type { Param } from './param.ts'

/**
 * How the bytes of a buffer, or the input of a `kernel1` module, are put together for one unit: the pieces follow each
 * other, all little-endian. `u32` and `i32` are values of expressions; `param` is a parameter in its own type (4 bytes);
 * `input` is a whole input of the job, padded with zeros to a multiple of 4 bytes.
 */
export type Recipe = readonly Piece[]
export type Piece =
  | { readonly u32: readonly Expression[] }
  | { readonly i32: readonly Expression[] }
  | { readonly param: string }
  | { readonly input: string }

/** What a recipe is filled from: expression values, the job's parameters, and its inputs by name. */
export type Ingredients = {
  readonly bindings: Bindings
  readonly params: readonly Param[]
  readonly inputs: ReadonlyMap<string, Uint8Array>
}

type Names = {
  readonly names: readonly string[]
  readonly inputs: readonly string[]
  readonly params: readonly string[]
}

/** Reads a recipe. Throws `malformed` with the path of the piece. */
export function parseRecipe(value: unknown, path: string, names: Names): Recipe {
  return readList(value, path, { max: 64, read: (entry, place) => parsePiece(entry, place, names) })
}

/** Prepares a recipe once, so that filling it for each unit only evaluates. */
export function compileRecipe(
  recipe: Recipe,
  names: readonly string[],
): (from: Ingredients) => Uint8Array<ArrayBuffer> {
  const writers = recipe.map((piece, index) => compilePiece(piece, `[${index}]`, names))
  return (from) => concat(writers.map((write) => write(from)))
}

function parsePiece(value: unknown, path: string, { names, inputs, params }: Names): Piece {
  const record = readRecord(value, path, ['u32', 'i32', 'param', 'input'])
  const [kind, ...more] = Object.keys(record)
  if (kind === undefined || more.length > 0) throw malformed(path, 'exactly one of u32, i32, param, input')
  const place = at(path, kind)
  if (kind === 'input') return { input: readWord(record.input, place, { words: inputs }) }
  if (kind === 'param') return { param: readWord(record.param, place, { words: params }) }
  const read = (entry: unknown, where: string): Expression => {
    compileExpression(entry, where, names)
    return entry as Expression
  }
  if (kind === 'u32') return { u32: readList(record.u32, place, { max: 256, read }) }
  return { i32: readList(record.i32, place, { max: 256, read }) }
}

function compilePiece(
  piece: Piece,
  path: string,
  names: readonly string[],
): (from: Ingredients) => Uint8Array {
  if ('input' in piece) return ({ inputs }) => pad(inputs.get(piece.input), piece.input)
  if ('param' in piece) return ({ params }) => paramBytes(params, piece.param)
  const isSigned = 'i32' in piece
  const values = ('i32' in piece ? piece.i32 : piece.u32).map((entry) =>
    compileExpression(entry, path, names),
  )
  const [min, max] = isSigned ? [-(2 ** 31), 2 ** 31 - 1] : [0, 2 ** 32 - 1]
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

function paramBytes(params: readonly Param[], name: string): Uint8Array {
  const param = params.find((entry) => entry.name === name)
  if (param === undefined) throw malformed('param', 'a known parameter', name)
  const view = new DataView(new ArrayBuffer(4))
  if (param.type === 'f32') view.setFloat32(0, param.value, true)
  else view.setInt32(0, param.value | 0, true)
  return new Uint8Array(view.buffer)
}

function pad(bytes: Uint8Array | undefined, name: string): Uint8Array {
  if (bytes === undefined) throw malformed('input', 'the bytes of the input', name)
  const rest = bytes.length % 4
  return rest === 0 ? bytes : concat([bytes, new Uint8Array(4 - rest)])
}
