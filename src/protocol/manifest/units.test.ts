import { describe, expect, test } from 'vitest'
import type { Units } from './units.ts'
import { bindUnit, countUnits, MAX_UNITS, parseUnits, unitNames } from './units.ts'

const all = (units: Units): unknown[] =>
  Array.from({ length: countUnits(units) }, (_, i) => bindUnit(units, i))

test('a range counts from its start up to its end', () => {
  const units = parseUnits({ kind: 'range', name: 'frame', from: -1, to: 6, step: 3 }, 'units')
  expect(all(units)).toEqual([{ frame: -1 }, { frame: 2 }, { frame: 5 }])
  expect(unitNames(units)).toEqual(['frame'])
})

test('a range needs only its end', () => {
  expect(parseUnits({ kind: 'range', to: 2 }, 'units')).toEqual({
    kind: 'range',
    name: 'i',
    from: 0,
    to: 2,
    step: 1,
  })
})

test('a grid counts its last axis fastest', () => {
  const axes = [
    { name: 'y', count: 2 },
    { name: 'x', count: 3 },
  ]
  const units = parseUnits({ kind: 'grid', axes }, 'units')
  expect(all(units)).toEqual([
    { y: 0, x: 0 },
    { y: 0, x: 1 },
    { y: 0, x: 2 },
    { y: 1, x: 0 },
    { y: 1, x: 1 },
    { y: 1, x: 2 },
  ])
  expect(unitNames(units)).toEqual(['y', 'x'])
})

test('every unit of a grid of four axes is its own', () => {
  const axes = [3, 2, 4, 5].map((count, i) => ({ name: `a${i}`, count }))
  const seen = new Set(all({ kind: 'grid', axes }).map((bindings) => JSON.stringify(bindings)))
  expect(seen.size).toBe(120)
})

test.each([-1, 6, 0.5, Number.NaN])('there is no unit %d of six', (index) => {
  expect(() => bindUnit({ kind: 'range', name: 'i', from: 0, to: 6, step: 1 }, index)).toThrow(
    'unit: expected a unit from 0 to 5',
  )
})

describe('bad units are refused with their path', () => {
  const axis = { name: 'x', count: 2 }
  test.each<[unknown, string]>([
    [null, 'units.kind: expected one of range, grid'],
    ['range', 'units.kind: expected one of range, grid'],
    [{ kind: 'circle' }, 'units.kind: expected one of range, grid, found "circle"'],
    [{ kind: 'list' }, 'units.kind: "list" is not supported yet'],
    [{ kind: 'stream' }, 'units.kind: "stream" is not supported yet'],
    [{ kind: 'range' }, 'units.to: expected a whole number'],
    [{ kind: 'range', to: 0 }, `units: expected 1 to ${MAX_UNITS} units, found 0`],
    [{ kind: 'range', from: 5, to: 2 }, 'units: expected 1 to'],
    [{ kind: 'range', to: MAX_UNITS + 1 }, `units: expected 1 to ${MAX_UNITS} units, found ${MAX_UNITS + 1}`],
    [{ kind: 'range', to: 5, step: 0 }, 'units.step: expected a whole number from 1'],
    [{ kind: 'range', to: 5, name: 'X' }, 'units.name: expected a name'],
    [{ kind: 'range', to: 5, axes: [] }, 'units.axes: unknown field'],
    [{ kind: 'grid' }, 'units.axes: expected a list'],
    [{ kind: 'grid', axes: [] }, 'units.axes: expected at least one axis'],
    [{ kind: 'grid', axes: [axis, axis] }, 'units.axes: expected names that are told apart, found "x"'],
    [{ kind: 'grid', axes: Array(5).fill(axis) }, 'units.axes: expected at most 4'],
    [{ kind: 'grid', axes: [{ ...axis, count: 0 }] }, 'units.axes[0].count: expected a whole number from 1'],
    [{ kind: 'grid', axes: [axis, { name: 'y', count: MAX_UNITS }] }, 'units: expected 1 to'],
    [{ kind: 'grid', axes: [{ ...axis, step: 1 }] }, 'units.axes[0].step: unknown field'],
  ])('%j', (value, message) => {
    expect(() => parseUnits(value, 'units')).toThrow(message)
  })
})
