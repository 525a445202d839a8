import { concat } from '../bytes.ts'
import { Failure, malformed } from '../failure.ts'
import { at, readList, readRecord, readWord } from '../read.ts'
import type { Expression } from './expression.ts'
import { compileExpression } from './expression.ts'
import { readName, requireUnique } from './param.ts'

/** One output of a unit: exactly `bytes` long, or with `upTo` at most that, which only a WASM program can keep to. */
export type Output = {
  readonly name: string
  readonly type: (typeof TYPES)[number]
  readonly bytes: Expression
  readonly upTo?: true
  readonly compare: 'exact'
}
/** The outputs of a job; there is always one. */
export type Outputs = readonly [Output, ...Output[]]

const TYPES = ['u8', 'u32', 'i32', 'f16', 'f32', 'f64'] as const
/** What stands before each of several outputs: its length. */
export const LENGTH_BYTES = 4

/** Reads the outputs of a manifest. Throws `malformed` or `unsupported` with the field's path. */
export function parseOutputs(value: unknown, path: string, names: readonly string[]): Outputs {
  const read = (entry: unknown, place: string): Output => parseOutput(entry, place, names)
  const [first, ...more] = readList(value, path, { max: 16, read })
  if (first === undefined) throw malformed(path, 'one output')
  // They become the names of files, and some disks do not tell capitals from small letters.
  requireUnique(
    [first, ...more].map(({ name }) => ({ name: name.toLowerCase() })),
    path,
  )
  return [first, ...more]
}

/** The bytes of a unit: of one output its bytes, of several for each, in order, its length as a u32 (little-endian) and its bytes. */
export function joinOutputs(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [first] = parts
  if (first !== undefined && parts.length === 1) return first
  return concat(parts.flatMap((part) => [lengthOf(part), part]))
}

/** Takes the bytes of a unit apart into its `count` outputs, without copying. Throws `malformed`. */
export function splitOutputs(bytes: Uint8Array, count: number): Uint8Array[] {
  if (count === 1) return [bytes]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let place = 0
  const parts = Array.from({ length: count }, (_, index) => {
    const start = place + LENGTH_BYTES
    const end = start <= bytes.length ? start + view.getUint32(place, true) : start
    if (end > bytes.length) throw malformed(`outputs[${index}]`, 'a length and as many bytes', bytes)
    place = end
    return bytes.subarray(start, end)
  })
  if (place < bytes.length) throw malformed('output', `nothing behind its ${count} outputs`, bytes)
  return parts
}

function parseOutput(value: unknown, path: string, names: readonly string[]): Output {
  const record = readRecord(value, path, ['name', 'type', 'bytes', 'upTo', 'compare'])
  compileExpression(record.bytes, at(path, 'bytes'), names)
  if (typeof record.compare === 'object')
    throw new Failure('unsupported', `${at(path, 'compare')}: tolerances are not supported yet`)
  if (record.upTo !== undefined && record.upTo !== true)
    throw malformed(at(path, 'upTo'), 'true, or nothing', record.upTo)
  return {
    name: readName(record.name, at(path, 'name')),
    type: readWord(record.type, at(path, 'type'), { words: TYPES }),
    bytes: record.bytes as Expression,
    ...(record.upTo === true && { upTo: true }),
    compare: readWord(record.compare ?? 'exact', at(path, 'compare'), { words: ['exact'] as const }),
  }
}

function lengthOf(part: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(LENGTH_BYTES)
  new DataView(bytes.buffer).setUint32(0, part.length, true)
  return bytes
}
