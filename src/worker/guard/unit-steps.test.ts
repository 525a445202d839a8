import { expect, test } from 'vitest'
import { checkUnitSteps, unitSteps } from './unit-steps.ts'

test('the steps of a unit are the sum over its dispatches of turns x invocations x steps', () => {
  expect(unitSteps([])).toBe(0)
  const dispatches = [
    { turns: 3, invocations: 64, steps: 10 },
    { turns: 1, invocations: 1, steps: 7 },
  ]
  expect(unitSteps(dispatches)).toBe(1927)
})

test('what hardware may be given for a unit can be too much for software', () => {
  const long = [{ turns: 16, invocations: 2 ** 20, steps: 2 ** 14 }]
  expect(() => checkUnitSteps(long, 'hardware')).not.toThrow()
  expect(() => checkUnitSteps(long, 'software')).toThrow(
    '16777216 invocations with 274877906944 steps in all are more than this device may be given at once; lower limits.loopBound',
  )
  const longer = [...long, { turns: 4096, invocations: 2 ** 20, steps: 2 ** 14 }]
  expect(() => checkUnitSteps(longer, 'hardware')).toThrow('lower limits.loopBound or make units smaller')
})

test('one dispatch has at most 2^24 invocations, however short', () => {
  const wide = (invocations: number): { turns: number; invocations: number; steps: number }[] => [
    { turns: 1, invocations, steps: 1 },
  ]
  expect(() => checkUnitSteps(wide(2 ** 24), 'software')).not.toThrow()
  expect(() => checkUnitSteps(wide(2 ** 24 + 1), 'hardware')).toThrow('16777217 invocations')
})
