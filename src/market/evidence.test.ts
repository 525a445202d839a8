import { expect, test } from 'vitest'
import { accountOf, makeKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { Digest, Hex } from '../protocol/bytes.ts'
import type { SignedResults } from '../protocol/work/result.ts'
import { isJustified } from './evidence.ts'

const jobId: Hex = `0x${'4'.repeat(64)}`
const publisher = accountOf(makeKey())
const digest = (letter: string): Digest => letter.repeat(64) as Digest
const account = (n: number): Address => `0x${String(n).padStart(40, '0')}` as Address
const claim = { jobId, unit: 7, digest: digest('a'), publisher, quorum: 2 }

function result(n: number | Address, letter: string, change: Partial<SignedResults> = {}): SignedResults {
  const who = typeof n === 'number' ? account(n) : n
  const units = [5, 7]
  const digests = [digest('f'), digest(letter)]
  return { jobId, payee: who, account: who, units, digests, signature: new Uint8Array(65), ...change }
}

test.each<[string, SignedResults[], boolean]>([
  ['nothing', [], false],
  ['one other result', [result(1, 'b')], false],
  ['two others that agree on a different output', [result(1, 'b'), result(2, 'b')], true],
  ['two others that agree with us', [result(1, 'a'), result(2, 'a')], false],
  ['one account twice', [result(1, 'b'), result(1, 'b')], false],
  ['two accounts of one payee', [result(1, 'b'), result(2, 'b', { payee: account(1) })], false],
  ['the own opinion of the publisher beside another', [result(1, 'a'), result(publisher, 'b')], true],
  ['the own opinion of the publisher alone', [result(publisher, 'b')], false],
  ['three different answers', [result(1, 'a'), result(2, 'b'), result(3, 'c')], true],
  ['results of another job', [result(1, 'b', { jobId: `0x${'5'.repeat(64)}` }), result(2, 'b')], false],
  ['results of other units', [result(1, 'b', { units: [5, 8] }), result(2, 'b')], false],
])('a rejection is justified or not by %s', (_, evidence, isGood) => {
  expect(isJustified(evidence, claim)).toBe(isGood)
})
