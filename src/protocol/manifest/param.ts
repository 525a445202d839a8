import { malformed } from '../failure.ts'
import { at, readInteger, readList, readNumber, readRecord, readText, readWord } from '../read.ts'

/** A typed value that the kernel is given, with what a form needs to show it. */
export type Param = {
  readonly name: string
  readonly type: 'u32' | 'i32' | 'f32'
  readonly value: number
  readonly label: string
  readonly range?: readonly [number, number]
  readonly unit?: string
}

/** The values that integers of each type can have. */
export const integerRanges = { u32: [0, 2 ** 32 - 1], i32: [-(2 ** 31), 2 ** 31 - 1] } as const

/** Reads a parameter. Throws `malformed` with the field's path. */
export function parseParam(value: unknown, path: string): Param {
  const record = readRecord(value, path, ['name', 'type', 'value', 'label', 'range', 'unit'])
  const name = readName(record.name, at(path, 'name'))
  const type = readWord(record.type, at(path, 'type'), { words: ['u32', 'i32', 'f32'] as const })
  const number =
    type === 'f32'
      ? readSingle(record.value, at(path, 'value'))
      : readInteger(record.value, at(path, 'value'), integerRanges[type])
  const base = { name, type, value: number, label: readText(record.label ?? name, at(path, 'label'), 80) }
  const range =
    record.range === undefined
      ? {}
      : { range: readRange(record.range, at(path, 'range'), { type, within: number }) }
  return record.unit === undefined
    ? { ...base, ...range }
    : { ...base, ...range, unit: readText(record.unit, at(path, 'unit'), 20) }
}

/** Reads a name that expressions can refer to. Throws `malformed`. */
export function readName(value: unknown, path: string): string {
  if (typeof value !== 'string' || !/^[a-z][a-zA-Z0-9_]{0,39}$/.test(value)) {
    throw malformed(path, 'a name of letters, digits and _ that begins with a small letter', value)
  }
  return value
}

/** Reads a number as the nearest 32-bit float. */
export function readSingle(value: unknown, path: string): number {
  const single = Math.fround(readNumber(value, path)) + 0
  if (!Number.isFinite(single)) throw malformed(path, 'a number in the range of 32-bit floats', value)
  return single
}

/** Refuses two entries of one name. Throws `malformed`. */
export function requireUnique(entries: readonly { readonly name: string }[], path: string): void {
  const names = entries.map((entry) => entry.name)
  const clash = names.find((name, index) => names.indexOf(name) !== index)
  if (clash !== undefined) throw malformed(path, 'names that are told apart', clash)
}

function readRange(
  value: unknown,
  path: string,
  { type, within }: { type: Param['type']; within: number },
): readonly [number, number] {
  const read = type === 'f32' ? readSingle : readNumber
  const [min, max, ...more] = readList(value, path, { max: 2, read })
  if (min === undefined || max === undefined || more.length > 0 || min > max)
    throw malformed(path, 'a range [min, max]', value)
  if (within < min || within > max) throw malformed(path, `a range that holds the value ${within}`, value)
  return [min, max]
}
