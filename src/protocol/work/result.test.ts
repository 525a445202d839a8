import { describe, expect, test } from 'vitest'
import { accountOf, makeKey } from '../account.ts'
import { decodeCbor, encodeCbor } from '../cbor.ts'
import { digestOf } from '../digest.ts'
import type { Results, SignedResults } from './result.ts'
import {
  MAX_FRAME_UNITS,
  packDigests,
  packResults,
  parseResults,
  readDigests,
  signResults,
} from './result.ts'
import { plainSigner, signPlain } from './signing.ts'

const key = makeKey()
const results: Results = {
  jobId: `0x${'07'.repeat(32)}`,
  payee: accountOf(makeKey()),
  units: [4, 0, 2 ** 31],
  digests: [1, 2, 3].map((seed) => digestOf(new Uint8Array([seed]))),
}
const signed: SignedResults = { ...results, signature: signResults(results, key), account: accountOf(key) }
const packed = packResults(signed) as Record<string, unknown>

test('results survive the wire and tell who signed them', () => {
  expect(parseResults(decodeCbor(encodeCbor(packed)))).toEqual(signed)
})

test('no results at all are results too', () => {
  const none = { ...results, units: [], digests: [] }
  const parsed = parseResults(
    packResults({ ...none, signature: signResults(none, key), account: accountOf(key) }),
  )
  expect(parsed.account).toBe(accountOf(key))
})

test('results with anything changed are not those of their signer', () => {
  const changes = {
    jobId: new Uint8Array(32),
    payee: accountOf(key),
    units: [0, 4, 2 ** 31],
    digests: packDigests(results.digests.toReversed()),
  }
  for (const [field, value] of Object.entries(changes)) {
    const parse = (): string => parseResults({ ...packed, [field]: value }).account
    expect(accountOrFailure(parse)).not.toBe(accountOf(key))
  }
})

test('what was signed as one kind is not read as another', () => {
  const signed = { signature: signPlain('result', { a: 1 }, key), path: 'signature' }
  expect(plainSigner('result', { a: 1 }, signed)).toBe(accountOf(key))
  expect(accountOrFailure(() => plainSigner('hello', { a: 1 }, signed))).not.toBe(accountOf(key))
})

describe('a bad field is refused with its path', () => {
  test.each<[string, unknown, string]>([
    ['more', 1, 'evidence[1].more: unknown field'],
    ['jobId', new Uint8Array(31), 'evidence[1].jobId: expected 32 bytes'],
    ['payee', null, 'evidence[1].payee: expected an address'],
    ['units', [4, 4, 5], 'evidence[1].units: expected each unit once'],
    ['units', [4, -1, 5], 'evidence[1].units[1]: expected a whole number'],
    ['units', Array(MAX_FRAME_UNITS + 1).fill(0), 'evidence[1].units: expected at most 1024'],
    ['units', [4], 'evidence[1].digests: expected 32 bytes'],
    ['digests', new Uint8Array(95), 'evidence[1].digests: expected 96 bytes'],
    ['digests', results.digests, 'evidence[1].digests: expected bytes'],
    ['signature', new Uint8Array(64), 'evidence[1].signature: expected 65 bytes'],
    ['signature', new Uint8Array(65), 'evidence[1].signature: expected 65 bytes ending in 27 or 28'],
  ])('%s: %#', (field, value, message) => {
    expect(() => parseResults({ ...packed, [field]: value }, 'evidence[1]')).toThrow(message)
  })
})

test('digests travel as one byte string', () => {
  expect(readDigests(packDigests(results.digests), 'd', 3)).toEqual(results.digests)
  expect(readDigests(packDigests([]), 'd', 0)).toEqual([])
})

function accountOrFailure(read: () => string): string {
  try {
    return read()
  } catch {
    return 'refused'
  }
}
