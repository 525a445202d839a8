import { describe, expect, test } from 'vitest'
import { fromHex, toDigits } from './bytes.ts'
import { decodeCbor, decodeExact, encodeCbor } from './cbor.ts'
import { Failure } from './failure.ts'

// Canonical spellings by RFC 8949, appendix A (64-bit floats only) and section 4.2.3 (keys by length first).
const spellings: [unknown, string][] = [
  [0, '00'],
  [23, '17'],
  [24, '1818'],
  [1000, '1903e8'],
  [2 ** 53 - 1, '1b001fffffffffffff'],
  [2n ** 64n - 1n, '1bffffffffffffffff'],
  [-1, '20'],
  [-1000, '3903e7'],
  [1.5, 'fb3ff8000000000000'],
  [false, 'f4'],
  [true, 'f5'],
  [null, 'f6'],
  [new Uint8Array([1, 2, 3, 4]), '4401020304'],
  ['', '60'],
  ['ü', '62c3bc'],
  [[1, [2, 3]], '8201820203'],
  [{ b: 1, aa: 2, a: 3 }, 'a3616103616201626161' + '02'],
]

test.each(spellings.map(([value, digits]) => ({ value, digits })))(
  '$value is written as $digits and read back',
  ({ value, digits }) => {
    expect(toDigits(encodeCbor(value))).toBe(digits)
    expect(decodeExact(fromHex(digits))).toEqual(value)
  },
)

test('keys in another order give the same bytes, at every depth', () => {
  const one = { z: 1, inner: { y: [{ c: 1, b: 2 }], xx: 2 } }
  const other = { inner: { xx: 2, y: [{ b: 2, c: 1 }] }, z: 1 }
  expect(encodeCbor(one)).toEqual(encodeCbor(other))
})

test('undefined is refused wherever it stands', () => {
  for (const value of [undefined, [undefined], { a: undefined }, { a: [{ b: undefined }] }])
    expect(() => encodeCbor(value)).toThrow(Failure)
})

describe('bytes that are no CBOR of ours are malformed', () => {
  test.each([
    ['nothing', ''],
    ['cut text', '6261'],
    ['something after the end', '0000'],
    ['a number that is not as short as it can be', '1817'],
    ['a length that is not as short as it can be', '780161'],
    ['an endless list', '9fff'],
    ['endless bytes', '5f4101ff'],
    ['one key twice', 'a2616101616102'],
    ['a key that is no text', 'a10102'],
    ['a tag', 'c000'],
    ['a CID link', 'd82a450001020304'],
    ['undefined', 'f7'],
    ['another simple value', 'f820'],
    ['infinity', 'fb7ff0000000000000'],
    ['not a number', 'fb7ff8000000000000'],
    ['a list longer than the bytes', '9b000000ffffffffff'],
    ['bytes longer than the bytes', '5b000000ffffffffff'],
    ['a map longer than the bytes', 'bb000000ffffffffff'],
  ])('%s', (_, digits) => {
    expect(() => decodeCbor(fromHex(digits), 'frame')).toThrow(/^frame: expected canonical CBOR/)
    expect(() => decodeCbor(fromHex(digits))).toThrow(Failure)
  })
})

describe('what is hashed has one spelling', () => {
  test.each([
    ['keys out of order', 'a2616201616101'],
    ['a longer key before a shorter', 'a2626161016162' + '02'],
    ['a 16-bit float', 'f93e00'],
    ['a 32-bit float', 'fa3fc00000'],
    ['a whole number as a float', 'fb3ff0000000000000'],
    ['minus zero', 'fb8000000000000000'],
    ['text that is no UTF-8', '61ff'],
  ])('%s', (_, digits) => {
    expect(() => decodeExact(fromHex(digits), 'manifest')).toThrow('manifest: expected canonical CBOR')
  })
})

test('any depth of nesting ends in a value or a failure', () => {
  for (let depth = 1000; depth <= 13_000; depth += 1000) {
    const bytes = new Uint8Array(depth + 1).fill(0x81)
    bytes[depth] = 0
    try {
      decodeExact(bytes)
    } catch (error) {
      expect(error).toBeInstanceOf(Failure)
    }
  }
})

test('a key named __proto__ is a key like any other', () => {
  const bytes = encodeCbor(JSON.parse('{"__proto__":{"a":1}}'))
  const value = decodeCbor(bytes) as Record<string, unknown>
  expect(Object.keys(value)).toEqual(['__proto__'])
  expect(value.a).toBeUndefined()
})
