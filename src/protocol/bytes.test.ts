import { expect, test } from 'vitest'
import { concat, fromHex, isEqual, toDigits, toHex } from './bytes.ts'
import { digestOf, readDigest, readDigestBytes } from './digest.ts'

const every = Uint8Array.from({ length: 256 }, (_, byte) => byte)

test('hexadecimal digits read back as the bytes they were made of', () => {
  expect(fromHex(toDigits(every))).toEqual(every)
  expect(fromHex(toHex(every).toUpperCase().replace('0X', '0x'))).toEqual(every)
  expect(toHex(new Uint8Array([0, 10, 255]))).toBe('0x000aff')
  expect(fromHex('0x')).toEqual(new Uint8Array(0))
})

test.each(['0', '0xabc', 'zz', '0x0g', '0x0x00', ' 00', '00\n'])('%j is no hexadecimal', (text) => {
  expect(() => fromHex(text, 'root')).toThrow('root: expected hexadecimal digits')
})

test('bytes are compared by length and content, and joined in order', () => {
  const parts = [every.subarray(0, 3), new Uint8Array(0), every.subarray(3)]
  expect(isEqual(concat(parts), every)).toBe(true)
  expect(isEqual(every, every.subarray(0, 255))).toBe(false)
  expect(isEqual(new Uint8Array([1, 2]), new Uint8Array([1, 3]))).toBe(false)
  expect(concat([])).toEqual(new Uint8Array(0))
})

test('a digest is SHA-256', () => {
  expect(digestOf(new TextEncoder().encode('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})

test('a digest is read from 64 small digits or 32 bytes, and from nothing else', () => {
  const digest = digestOf(every)
  expect(readDigest(digest, 'a')).toBe(digest)
  expect(readDigestBytes(fromHex(digest), 'a')).toBe(digest)
  for (const bad of [digest.toUpperCase(), `0x${digest}`, digest.slice(1), `${digest}\n`, 7, null])
    expect(() => readDigest(bad, 'a.digest')).toThrow('a.digest: expected a SHA-256 digest')
  for (const bad of [new Uint8Array(31), digest, null])
    expect(() => readDigestBytes(bad, 'a.digest')).toThrow('a.digest: expected 32 bytes')
})
