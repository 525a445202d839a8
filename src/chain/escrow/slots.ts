import { encodeAbiParameters, keccak256 } from 'viem'
import type { Hex } from '../../protocol/bytes.ts'

/** Where the escrow keeps what, as its interface promises: the number of each mapping. */
export const SLOTS = {
  jobs: 0,
  epochs: 1,
  claimed: 2,
  formers: 3,
  credits: 4,
  nonces: 5,
  disputes: 6,
} as const

/** The bits of each field of a struct, in their order. */
export type Layout<Name extends string> = Readonly<Record<Name, number>>

/** The storage slot of an entry, with one key for each mapping inside the other: addresses and hashes as hex, or numbers. */
export function slotOf(mapping: number, keys: readonly (Hex | bigint)[]): bigint {
  const types = [{ type: 'uint256' }, { type: 'uint256' }] as const
  return keys.reduce<bigint>(
    (slot, key) => BigInt(keccak256(encodeAbiParameters(types, [BigInt(key), slot]))),
    BigInt(mapping),
  )
}

/** How many words a struct takes. */
export function wordsIn(layout: Layout<string>): number {
  return Math.max(...places(layout).map(({ word }) => word)) + 1
}

/** Takes a struct apart. Fields are packed from the lowest bits; one that does not fit begins the next word. */
export function unpack<Name extends string>(
  layout: Layout<Name>,
  words: readonly bigint[],
): Readonly<Record<Name, bigint>> {
  const entries = places(layout).map(({ name, bits, word, shift }) => {
    return [name, ((words[word] ?? 0n) >> BigInt(shift)) & ((1n << BigInt(bits)) - 1n)]
  })
  return Object.fromEntries(entries)
}

function places(layout: Layout<string>) {
  let [word, shift] = [0, 0]
  return Object.entries(layout).map(([name, bits]) => {
    if (shift + bits > 256) {
      word += 1
      shift = 0
    }
    const place = { name, bits, word, shift }
    shift += bits
    return place
  })
}
