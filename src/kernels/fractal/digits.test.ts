import { expect, test } from 'vitest'
import { fixedOf, toDigits } from './digits.ts'
import { Digits } from './reference-digits.ts'

const ONE = 1n << 70n

function numberOf(digits: readonly number[]): bigint {
  return digits.reduce((sum, digit) => sum * 16_384n + BigInt(digit), 0n)
}

function digitsOf(value: bigint): Digits {
  const [d0 = 0, d1 = 0, d2 = 0, d3 = 0, d4 = 0, d5 = 0] = toDigits(value)
  return Object.assign(new Digits(), { d0, d1, d2, d3, d4, d5 })
}

function fixedOfDigits({ d0, d1, d2, d3, d4, d5 }: Digits): bigint {
  return numberOf([d0, d1, d2, d3, d4, d5])
}

const samples = [
  '0',
  '1',
  '-1',
  '1.75',
  '-0.284581174442696796434611',
  '1e-15',
  '-3.999',
  '0.000061035156249',
]

test('decimal text is read exactly, digits stay within 14 bits', () => {
  expect(fixedOf('-1.5')).toBe((-3n * ONE) / 2n)
  expect(fixedOf('25e-2')).toBe(ONE / 4n)
  for (const text of samples) {
    const digits = toDigits(fixedOf(text))
    expect(numberOf(digits)).toBe(fixedOf(text))
    for (const digit of digits.slice(1)) expect(digit >= -8192 && digit <= 8191).toBe(true)
  }
})

test.each(['', '1.', 'abc', '1e', '0x1', '1e-1000'])('"%s" is not a number', (text) => {
  expect(() => fixedOf(text)).toThrow('a decimal number')
})

test('a product is exact to 2^-68, far below what a double can hold', () => {
  for (const a of samples) {
    for (const b of samples) {
      const product = new Digits()
      product.setProduct(digitsOf(fixedOf(a)), digitsOf(fixedOf(b)), digitsOf(fixedOf('0.5')))
      const exact = (fixedOf(a) * fixedOf(b)) / ONE + fixedOf('0.5')
      const error = fixedOfDigits(product) - exact
      expect(error < 4n && error > -4n, `${a} * ${b} is off by ${error}`).toBe(true)
    }
  }
})
