import { expect, test } from 'vitest'
import { slotOf, unpack, wordsIn } from './slots.ts'

test('fields are packed from the lowest bits, and one that does not fit begins the next word', () => {
  const layout = { small: 8, wide: 200, next: 56, last: 256 }
  expect(wordsIn(layout)).toBe(3)
  const words = [(0xffn << 200n) | (0x1234n << 8n) | 0x56n, 0x78n, 9n]
  expect(unpack(layout, words)).toEqual({
    small: 0x56n,
    wide: ((0xffn << 200n) | (0x1234n << 8n)) >> 8n,
    next: 0x78n,
    last: 9n,
  })
})

test('a slot is the hash of the key and the slot of the mapping, key by key', () => {
  // keccak256 of 64 zero bytes.
  const first = 0xad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5n
  expect(slotOf(0, [0n])).toBe(first)
  expect(slotOf(0, ['0x00', 5n])).toBe(slotOf(0, [0n, 5n]))
  expect(slotOf(1, [0n])).not.toBe(first)
})
