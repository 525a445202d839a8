import { describe, expect, test } from 'vitest'
import { parseReduce } from './reduce.ts'

const image = { kind: 'image', format: 'rgba8', width: 64, height: 32, tile: 16, x: '$x', y: 0 }

test('an image and a concatenation read as they are written', () => {
  expect(parseReduce({ kind: 'concat' }, 'reduce', [])).toEqual({ kind: 'concat' })
  expect(parseReduce(image, 'reduce', ['x'])).toEqual({ ...image, divisor: 1 })
  expect(parseReduce({ ...image, divisor: 4096 }, 'reduce', ['x'])).toEqual({ ...image, divisor: 4096 })
})

test.each(['sum', 'min', 'max', 'argmin', 'argmax', 'topk', 'kernel'])('%s is not supported yet', (kind) => {
  const parse = (): unknown => parseReduce({ kind, k: 3 }, 'reduce', [])
  expect(parse).toThrow(`reduce.kind: "${kind}" is not supported yet`)
  expect(parse).toThrow(expect.objectContaining({ code: 'unsupported' }))
})

describe('a bad reduction is refused with its path', () => {
  test.each<[unknown, string]>([
    [null, 'reduce.kind: expected one of concat, image'],
    [{ kind: 'mean' }, 'reduce.kind: expected one of concat, image, found "mean"'],
    [{ kind: 'concat', width: 1 }, 'reduce.width: unknown field'],
    [{ ...image, depth: 1 }, 'reduce.depth: unknown field'],
    [{ ...image, format: 'png' }, 'reduce.format: expected one of rgba8, radiance'],
    [{ ...image, width: 0 }, 'reduce.width: expected a whole number from 1 to 8192'],
    [{ ...image, height: 8193 }, 'reduce.height: expected a whole number'],
    [{ ...image, tile: 24 }, 'reduce.tile: expected a side that divides width and height, found 24'],
    [{ ...image, x: '$z' }, 'reduce.x: expected a known name'],
    [{ ...image, y: undefined }, 'reduce.y: expected a number or an expression'],
    [{ ...image, divisor: 0 }, 'reduce.divisor: expected a whole number from 1'],
  ])('%j', (value, message) => {
    expect(() => parseReduce(value, 'reduce', ['x'])).toThrow(message)
  })
})
