import { expect, test } from 'vitest'
import { checkUnitSteps, dispatchOf, unitSteps } from './unit-steps.ts'

test('the steps of a unit are the sum over its dispatches of invocations x steps', () => {
  expect(unitSteps([])).toBe(0)
  const dispatches = [
    { invocations: 64, cost: 10 },
    { invocations: 1, cost: 7 },
  ]
  expect(unitSteps(dispatches)).toBe(647)
})

test('what hardware may be given in one dispatch can be too much for software', () => {
  const long = [{ invocations: 2 ** 24, cost: 2 ** 15 }]
  expect(() => checkUnitSteps(long, 'hardware')).not.toThrow()
  expect(() => checkUnitSteps(long, 'software')).toThrow(
    'the dispatch has 549755813888 steps, which are more than this device may be given at once; lower limits.loopBound',
  )
})

test('a unit has at most as many steps as sixteen dispatches at the bound', () => {
  const most = { invocations: 2 ** 20, cost: 2 ** 18 }
  expect(checkUnitSteps(Array(16).fill(most), 'software')).toEqual(Array(16).fill(1))
  expect(() => checkUnitSteps(Array(17).fill(most), 'software')).toThrow('the unit has 4672924418048 steps')
})

test('one dispatch has at most 2^24 invocations, however short', () => {
  const wide = (invocations: number): { invocations: number; cost: number }[] => [{ invocations, cost: 1 }]
  expect(() => checkUnitSteps(wide(2 ** 24), 'software')).not.toThrow()
  expect(() => checkUnitSteps(wide(2 ** 24 + 1), 'hardware')).toThrow('16777217 invocations')
})

test('a workgroup smaller than the lanes of a device costs what a full one does', () => {
  expect(unitSteps([dispatchOf(10, 1, 7)])).toBe(280)
  expect(unitSteps([dispatchOf(10, 64, 7)])).toBe(4480)
})
