import { malformed } from '../../failure.ts'
import { at, readList, readNumber, readRecord, readText, readWord } from '../../read.ts'
import type { Expression } from '../expression.ts'
import { compileExpression } from '../expression.ts'
import type { GpuBuffer } from './gpu-buffer.ts'
import { turnNames } from './gpu-buffer.ts'

/**
 * Dispatches of a WGSL entry point: `repeat` turns, one without. `bindings[g]` names the buffers of bind group g in order.
 * After each turn of it `copy` copies one buffer into another, and then the buffers of each pair in `swap` change places.
 */
export type Pass = {
  readonly entry: string
  readonly bindings: readonly (readonly string[])[]
  readonly dispatch: readonly [Expression, Expression, Expression]
  readonly overrides: Readonly<Record<string, number>>
  readonly repeat?: Expression
  readonly copy?: readonly Pair[]
  readonly swap?: readonly Pair[]
}
/** Passes that are repeated together: in each turn all of them run, in order, and then `copy` and `swap` are done. */
export type PassGroup = {
  readonly repeat: Expression
  readonly passes: readonly Pass[]
  readonly copy?: readonly Pair[]
  readonly swap?: readonly Pair[]
}
/** Two buffers of equal size: those that change places, or from which and to which is copied. */
export type Pair = readonly [string, string]

/** The most dispatches of one unit. */
export const MAX_DISPATCHES = 4096
const MAX_PASSES = 64
/** What a pass has and a group does not. */
const PASS_FIELDS = ['entry', 'bindings', 'dispatch', 'overrides']

/** What passes may refer to. */
type Known = { readonly names: readonly string[]; readonly buffers: readonly GpuBuffer[] }

/** Reads the passes of a WGSL program. Throws `malformed` with the field's path. */
export function parsePasses(value: unknown, path: string, known: Known): (Pass | PassGroup)[] {
  const passes = readList(value, path, {
    max: MAX_PASSES,
    read: (entry, place) =>
      isGroup(entry) ? parseGroup(entry, place, known) : parsePass(entry, place, known),
  })
  if (passes.length === 0) throw malformed(path, 'at least one pass')
  const count = flatPasses(passes).length
  if (count > MAX_PASSES) throw malformed(path, `at most ${MAX_PASSES} passes, those in groups too`, count)
  return passes
}

/** All passes, those in groups too, in their order. */
export function flatPasses(passes: readonly (Pass | PassGroup)[]): Pass[] {
  return passes.flatMap((entry) => ('passes' in entry ? entry.passes : [entry]))
}

function isGroup(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'passes' in value
}

function parseGroup(value: unknown, path: string, known: Known): PassGroup {
  const own = PASS_FIELDS.find((field) => Object.hasOwn(Object(value), field))
  if (own !== undefined)
    throw malformed(
      at(path, own),
      'either a pass, with "entry", or a group, with "passes" in which that stands',
    )
  const record = readRecord(value, path, ['repeat', 'passes', 'copy', 'swap'])
  const passes = readList(record.passes, at(path, 'passes'), {
    max: MAX_PASSES,
    read: (entry, place) => {
      if (isGroup(entry))
        throw malformed(at(place, 'passes'), 'passes only in a group; a pass has a "repeat" of its own')
      return parsePass(entry, place, known)
    },
  })
  if (passes.length === 0) throw malformed(at(path, 'passes'), 'at least one pass')
  compileExpression(record.repeat, at(path, 'repeat'), known.names)
  return { repeat: record.repeat as Expression, passes, ...parseMoves(record, path, known) }
}

function parsePass(value: unknown, path: string, known: Known): Pass {
  const record = readRecord(value, path, [...PASS_FIELDS, 'repeat', 'copy', 'swap'])
  const names = turnNames(known.names)
  const read = (entry: unknown, place: string): Expression => {
    compileExpression(entry, place, names)
    return entry as Expression
  }
  const [x = 1, y = 1, z = 1] = readList(record.dispatch, at(path, 'dispatch'), { max: 3, read })
  return {
    entry: readText(record.entry, at(path, 'entry'), 64),
    bindings: parseBindings(record.bindings, at(path, 'bindings'), known),
    dispatch: [x, y, z],
    overrides: parseOverrides(record.overrides === undefined ? {} : record.overrides, at(path, 'overrides')),
    ...(record.repeat !== undefined && { repeat: read(record.repeat, at(path, 'repeat')) }),
    ...parseMoves(record, path, known),
  }
}

function parseBindings(value: unknown, path: string, { buffers }: Known): string[][] {
  const words = buffers.map(({ name }) => name)
  return readList(value, path, {
    max: 4,
    read: (group, place) =>
      readList(group, place, { max: 16, read: (name, where) => readWord(name, where, { words }) }),
  })
}

function parseOverrides(value: unknown, path: string): Record<string, number> {
  const record = readRecord(value, path, Object.keys(value ?? {}))
  return Object.fromEntries(
    Object.entries(record).map(([name, number]) => [name, readNumber(number, at(path, name))]),
  )
}

function parseMoves(
  record: Record<string, unknown>,
  path: string,
  known: Known,
): { copy?: Pair[]; swap?: Pair[] } {
  const read = (field: 'copy' | 'swap'): { [F in typeof field]?: Pair[] } =>
    record[field] === undefined ? {} : { [field]: parsePairs(record[field], at(path, field), known) }
  return { ...read('copy'), ...read('swap') }
}

function parsePairs(value: unknown, path: string, { buffers }: Known): Pair[] {
  const words = buffers
    .filter(({ scope, usage }) => scope === 'unit' && usage === 'storage')
    .map(({ name }) => name)
  const pairs = readList(value, path, {
    max: 8,
    read: (pair, place): Pair => {
      const read = (name: unknown, where: string): string => readWord(name, where, { words })
      const [a, b, ...more] = readList(pair, place, { max: 2, read })
      if (a === undefined || b === undefined || more.length > 0 || a === b)
        throw malformed(place, 'a pair of buffers of scope unit', pair)
      return [a, b]
    },
  })
  const named = pairs.flat()
  if (new Set(named).size < named.length) throw malformed(path, 'each buffer in one pair only', pairs)
  return pairs
}
