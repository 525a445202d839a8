import { Failure, malformed } from './failure.ts'

/** The readers that every parser is built from. Each takes the value and its path, and throws `malformed` with that path. */

/** Reads an object with no fields but `known`; an unknown field is refused with its path, and with those that are known. */
export function readRecord(value: unknown, path: string, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    throw malformed(path, 'an object', value)
  }
  for (const key of Object.keys(value)) {
    if (!known.includes(key))
      throw new Failure('malformed', `${at(path, key)}: unknown field; known are ${known.join(', ')}`)
  }
  return value as Record<string, unknown>
}

/** Joins a path and a field name. */
export function at(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`
  return path === '' ? key : `${path}.${key}`
}

/** Reads a string of at most `max` characters. */
export function readText(value: unknown, path: string, max = 256): string {
  if (typeof value !== 'string') throw malformed(path, 'text', value)
  if (value.length > max) throw malformed(path, `at most ${max} characters`, value)
  return value
}

/** Reads a whole number in `[min, max]`. Numbers come back without -0, which CBOR does not tell from 0. */
export function readInteger(value: unknown, path: string, [min, max]: readonly [number, number]): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
    throw malformed(path, `a whole number from ${min} to ${max}`, value)
  }
  return value + 0
}

/** Reads a finite number. */
export function readNumber(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw malformed(path, 'a number', value)
  return value + 0
}

/** Reads true or false. */
export function readBoolean(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw malformed(path, 'true or false', value)
  return value
}

/** Reads bytes; `size` is the exact length or `[min, max]`. */
export function readBytes(
  value: unknown,
  path: string,
  size: number | readonly [number, number],
): Uint8Array {
  const [min, max] = typeof size === 'number' ? [size, size] : size
  if (!(value instanceof Uint8Array)) throw malformed(path, 'bytes', value)
  if (value.length < min || value.length > max) {
    throw malformed(path, min === max ? `${min} bytes` : `${min} to ${max} bytes`, value)
  }
  return value
}

/** Reads a list of at most `max` entries, each by `read`. */
export function readList<T>(
  value: unknown,
  path: string,
  { max, read }: { max: number; read(entry: unknown, path: string): T },
): T[] {
  if (!Array.isArray(value)) throw malformed(path, 'a list', value)
  if (value.length > max) throw malformed(path, `at most ${max} entries`, value)
  return value.map((entry, index) => read(entry, at(path, index)))
}

/** Reads one of the words in `words`; a word in `later` is refused as not supported yet. */
export function readWord<W extends string>(
  value: unknown,
  path: string,
  { words, later = [] }: { words: readonly W[]; later?: readonly string[] },
): W {
  const word = words.find((known) => known === value)
  if (word !== undefined) return word
  if (later.includes(value as string))
    throw new Failure('unsupported', `${path}: "${String(value)}" is not supported yet`)
  throw malformed(path, `one of ${words.join(', ')}`, value)
}

/** Refuses a field that is in the format but not yet supported. */
export function refuseLater(record: Record<string, unknown>, path: string, fields: readonly string[]): void {
  for (const field of fields) {
    if (record[field] !== undefined) throw new Failure('unsupported', `${at(path, field)}: not supported yet`)
  }
}
