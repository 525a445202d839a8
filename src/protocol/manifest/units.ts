import { malformed } from '../failure.ts'
import { at, readInteger, readList, readRecord, readWord } from '../read.ts'
import type { Bindings } from './expression.ts'
import { readName, requireUnique } from './param.ts'

/** How a job is cut into units. `range` counts `name` from `from` up to (not including) `to`; `grid` counts its axes, the last one fastest. */
export type Units =
  | {
      readonly kind: 'range'
      readonly name: string
      readonly from: number
      readonly to: number
      readonly step: number
    }
  | { readonly kind: 'grid'; readonly axes: readonly Axis[] }
export type Axis = { readonly name: string; readonly count: number }

/** The most units one job may have. */
export const MAX_UNITS = 10_000_000

/** Reads the units of a manifest. Throws `malformed` or `unsupported` with the field's path. */
export function parseUnits(value: unknown, path: string): Units {
  const words = { words: ['range', 'grid'] as const, later: ['list', 'stream'] }
  const kind = readWord((value as { kind?: unknown } | null)?.kind, at(path, 'kind'), words)
  const units = kind === 'range' ? parseRange(value, path) : parseGrid(value, path)
  const count = countUnits(units)
  if (count < 1 || count > MAX_UNITS) throw malformed(path, `1 to ${MAX_UNITS} units`, count)
  return units
}

/** The number of units. */
export function countUnits(units: Units): number {
  if (units.kind === 'range') return Math.max(0, Math.ceil((units.to - units.from) / units.step))
  return units.axes.reduce((count, axis) => count * axis.count, 1)
}

/** The names that the units bind in expressions. */
export function unitNames(units: Units): string[] {
  return units.kind === 'range' ? [units.name] : units.axes.map((axis) => axis.name)
}

/** The values that unit number `index` binds. Throws `malformed` outside `0 … countUnits - 1`. */
export function bindUnit(units: Units, index: number): Bindings {
  const count = countUnits(units)
  if (!Number.isInteger(index) || index < 0 || index >= count)
    throw malformed('unit', `a unit from 0 to ${count - 1}`, index)
  if (units.kind === 'range') return { [units.name]: units.from + index * units.step }
  const bindings: Record<string, number> = {}
  let rest = index
  for (const axis of [...units.axes].reverse()) {
    bindings[axis.name] = rest % axis.count
    rest = Math.floor(rest / axis.count)
  }
  return bindings
}

function parseRange(value: unknown, path: string): Units {
  const record = readRecord(value, path, ['kind', 'name', 'from', 'to', 'step'])
  const span = [-(2 ** 31), 2 ** 32] as const
  return {
    kind: 'range',
    name: readName(record.name ?? 'i', at(path, 'name')),
    from: readInteger(record.from ?? 0, at(path, 'from'), span),
    to: readInteger(record.to, at(path, 'to'), span),
    step: readInteger(record.step ?? 1, at(path, 'step'), [1, 2 ** 32]),
  }
}

function parseGrid(value: unknown, path: string): Units {
  const record = readRecord(value, path, ['kind', 'axes'])
  const place = at(path, 'axes')
  const axes = readList(record.axes, place, {
    max: 4,
    read: (entry, where) => {
      const axis = readRecord(entry, where, ['name', 'count'])
      return {
        name: readName(axis.name, at(where, 'name')),
        count: readInteger(axis.count, at(where, 'count'), [1, MAX_UNITS]),
      }
    },
  })
  if (axes.length === 0) throw malformed(place, 'at least one axis')
  requireUnique(axes, place)
  return { kind: 'grid', axes }
}
