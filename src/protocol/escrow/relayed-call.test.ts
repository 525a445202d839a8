import { describe, expect, test } from 'vitest'
import { accountOf, makeKey } from '../account.ts'
import { ZERO_ADDRESS } from '../address.ts'
import { toHex } from '../bytes.ts'
import { decodeExact, encodeCbor } from '../cbor.ts'
import { Failure } from '../failure.ts'
import { toWei } from '../wei.ts'
import { leavesOf, outlineOf, parseOutline } from './call-outline.ts'
import {
  MAX_CASHOUTS,
  MAX_LEAVES,
  type ProvenLeaf,
  packCall,
  parseCall,
  type RelayedCall,
} from './relayed-call.ts'
import { testOpening } from './test-opening.ts'

const account = accountOf(makeKey())
const to = accountOf(makeKey())
const word = toHex(new Uint8Array(32).fill(7))

function leafOf(index: number): ProvenLeaf {
  const leaf = { account, amount: toWei(5n), earned: toWei(9n), index }
  return { jobId: word, epoch: 2 ** 31 + 3, leaf, proof: new Uint8Array(44 * 3) }
}

function cashoutOf(leaves: readonly ProvenLeaf[], nonce = 2n ** 256n - 1n) {
  const money = { maxFee: toWei(3n), minOut: toWei(2n) }
  const cashout = { account, to, token: ZERO_ADDRESS, ...money, nonce, deadline: 4_000_000_000 }
  return { cashout, signature: new Uint8Array(65).fill(1), leaves }
}

const counts = { epoch: 1, seq: 2, isLast: true, depth: 3, total: toWei(9n), units: 4 }
const signed = {
  statement: { jobId: word, ...counts, root: word, dataHash: word },
  signature: new Uint8Array(65),
}
const opening = testOpening()
const calls: RelayedCall[] = [
  { kind: 'cashout', cashouts: [cashoutOf([leafOf(0), leafOf(1)]), cashoutOf([leafOf(2)], 0n)] },
  { kind: 'claim', leaves: [leafOf(2 ** 32 - 1)] },
  { kind: 'post', opening, signed },
  {
    ...{ kind: 'challenge', opening, signed, leaf: leafOf(0).leaf, proof: new Uint8Array(44) },
    ...{ helper: to, fee: toWei(1n), consent: new Uint8Array(65) },
  },
  { kind: 'resolve', jobId: word, account },
]

test.each(calls)('a call to $kind goes over the wire and back', (call) => {
  expect(parseCall(decodeExact(encodeCbor(packCall(call))))).toEqual(call)
})

test.each(calls)('the outline of a call to $kind says how large it is', (call) => {
  const outline = outlineOf(call, ZERO_ADDRESS)
  expect(outline.leaves).toBe(leavesOf(call).length)
  expect(parseOutline(decodeExact(encodeCbor(outline)))).toEqual(outline)
})

test('an outline counts the levels of all proofs', () => {
  expect(calls.map((call) => outlineOf(call, ZERO_ADDRESS).levels)).toEqual([9, 3, 0, 1, 0])
})

describe('what a relayer must not take', () => {
  const many = Array.from({ length: MAX_LEAVES + 1 }, (_, index) => leafOf(index))
  const twoTo = [cashoutOf([leafOf(0)]), cashoutOf([leafOf(1)])]
  const refused: [string, unknown, string][] = [
    ['too many leaves', packCall({ kind: 'claim', leaves: many }), 'call.leaves: expected at most'],
    [
      'too many leaves in several cash-outs',
      packCall({
        kind: 'cashout',
        cashouts: [cashoutOf(many.slice(0, 100)), cashoutOf(many.slice(100)), ...twoTo],
      }),
      'call.cashouts: expected at most',
    ],
    [
      'too many cash-outs',
      packCall({
        kind: 'cashout',
        cashouts: Array.from({ length: MAX_CASHOUTS + 1 }, () => cashoutOf([leafOf(0)])),
      }),
      'call.cashouts: expected at most',
    ],
    ['no cash-out', { kind: 'cashout', cashouts: [] }, 'call.cashouts: expected at least one'],
    ['no leaf', { kind: 'claim', leaves: [] }, 'call.leaves: expected at least one'],
    [
      'two receivers',
      packCall({
        kind: 'cashout',
        cashouts: twoTo.map((order, i) =>
          i === 0 ? order : { ...order, cashout: { ...order.cashout, to: account } },
        ),
      }),
      'call.cashouts[1].cashout.to',
    ],
    [
      'a broken proof',
      packCall({ kind: 'claim', leaves: [{ ...leafOf(0), proof: new Uint8Array(45) }] }),
      'call.leaves[0].proof: expected a multiple of 44 bytes',
    ],
    ['another kind', { kind: 'transfer' }, 'call.kind'],
    [
      'another field',
      { kind: 'resolve', jobId: new Uint8Array(32), account, value: 1 },
      'call.value: unknown field',
    ],
  ]
  test.each(refused)('%s', (_, value, message) => {
    expect(() => parseCall(value)).toThrow(Failure)
    expect(() => parseCall(value)).toThrow(message)
  })
})
