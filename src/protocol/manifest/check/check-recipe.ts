import { malformed } from '../../failure.ts'
import { at } from '../../read.ts'
import type { Bindings, Expression } from '../expression.ts'
import { integerRanges } from '../param.ts'
import type { Piece, Recipe } from '../recipe.ts'

/** What the fields of a manifest come to for one unit: the values of expressions, some with the names of a turn, and the bytes of inputs. */
export type UnitValues = {
  readonly inputs: ReadonlyMap<string, number>
  value(expression: Expression, path: string, turn?: Bindings): number
}

/** The bytes that a recipe comes to for one unit. Throws `malformed` with the field's path where it does not fit its inputs or types. */
export function checkRecipe(recipe: Recipe, path: string, values: UnitValues): number {
  return recipe.reduce((sum, piece, index) => sum + checkPiece(piece, at(path, index), values), 0)
}

function checkPiece(piece: Piece, path: string, values: UnitValues): number {
  if ('param' in piece) return 4
  if ('f32' in piece) return 4 * piece.f32.length
  if ('u32' in piece || 'i32' in piece) {
    const [kind, list] = 'u32' in piece ? (['u32', piece.u32] as const) : (['i32', piece.i32] as const)
    const [min, max] = integerRanges[kind]
    list.forEach((entry, index) => {
      const place = at(at(path, kind), index)
      const number = values.value(entry, place)
      if (number < min || number > max) throw malformed(place, `a value from ${min} to ${max}`, number)
    })
    return 4 * list.length
  }
  const name = 'input' in piece ? piece.input : piece.previous
  const whole = values.inputs.get(name) ?? 0
  const { from = 0, bytes = whole } = piece
  const start = values.value(from, at(path, 'from'))
  if (start < 0 || start > whole)
    throw malformed(at(path, 'from'), `a place from 0 to ${whole}, the bytes of "${name}"`, start)
  const size = values.value(bytes, at(path, 'bytes'))
  if (size < 0 || start + size > whole)
    throw malformed(at(path, 'bytes'), `0 to ${whole - start} bytes, what "${name}" has from ${start}`, size)
  return Math.ceil(size / 4) * 4
}
