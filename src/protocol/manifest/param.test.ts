import { describe, expect, test } from 'vitest'
import { parseParam } from './param.ts'

test('a parameter is labelled by its name unless it says otherwise', () => {
  expect(parseParam({ name: 'side', type: 'u32', value: 8 }, 'p')).toEqual({
    name: 'side',
    type: 'u32',
    value: 8,
    label: 'side',
  })
  const whole = { name: 'side', type: 'i32', value: -8, label: 'Side', range: [-8, 8], unit: 'px' }
  expect(parseParam(whole, 'p')).toEqual(whole)
})

test('a float is the nearest 32-bit float, its range too, and reads again as itself', () => {
  const param = parseParam({ name: 'x', type: 'f32', value: 0.1, range: [0, 0.1] }, 'p')
  expect(param.value).toBe(Math.fround(0.1))
  expect(param.range).toEqual([0, Math.fround(0.1)])
  expect(parseParam(param, 'p')).toEqual(param)
  expect(parseParam({ name: 'x', type: 'f32', value: -1e-60 }, 'p').value).toBe(0)
})

describe('a bad parameter is refused with its path', () => {
  const good = { name: 'side', type: 'u32', value: 8 }
  test.each<[unknown, string]>([
    [[], 'params[2]: expected an object'],
    [{ ...good, max: 1 }, 'params[2].max: unknown field'],
    [{ ...good, name: '' }, 'params[2].name: expected a name'],
    [{ ...good, name: '1a' }, 'params[2].name: expected a name'],
    [{ ...good, name: 'a b' }, 'params[2].name: expected a name'],
    [{ ...good, name: 'a'.repeat(41) }, 'params[2].name: expected a name'],
    [{ ...good, type: 'u64' }, 'params[2].type: expected one of u32, i32, f32'],
    [{ ...good, value: -1 }, 'params[2].value: expected a whole number from 0 to 4294967295'],
    [{ ...good, value: 2 ** 32 }, 'params[2].value: expected a whole number'],
    [{ ...good, type: 'i32', value: 2 ** 31 }, 'params[2].value: expected a whole number'],
    [{ ...good, value: 0.5 }, 'params[2].value: expected a whole number'],
    [{ ...good, type: 'f32', value: '1' }, 'params[2].value: expected a number'],
    [
      { ...good, type: 'f32', value: 1e300 },
      'params[2].value: expected a number in the range of 32-bit floats',
    ],
    [{ ...good, label: 1 }, 'params[2].label: expected text'],
    [{ ...good, label: 'x'.repeat(81) }, 'params[2].label: expected at most 80'],
    [{ ...good, range: [9, 10] }, 'params[2].range: expected a range that holds the value 8'],
    [{ ...good, range: [10, 0] }, 'params[2].range: expected a range [min, max]'],
    [{ ...good, range: [0] }, 'params[2].range: expected a range [min, max]'],
    [{ ...good, range: [0, 5, 10] }, 'params[2].range: expected at most 2 entries'],
    [{ ...good, range: [0, 'x'] }, 'params[2].range[1]: expected a number'],
    [{ ...good, unit: 'x'.repeat(21) }, 'params[2].unit: expected at most 20'],
  ])('%j', (value, message) => {
    expect(() => parseParam(value, 'params[2]')).toThrow(message)
  })
})
