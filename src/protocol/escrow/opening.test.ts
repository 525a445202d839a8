import { describe, expect, test } from 'vitest'
import { accountOf, keccak, makeKey } from '../account.ts'
import { readAddress } from '../address.ts'
import type { Digest } from '../bytes.ts'
import { concat, fromHex, toHex } from '../bytes.ts'
import { decodeCbor, encodeCbor } from '../cbor.ts'
import { Failure } from '../failure.ts'
import { toWei } from '../wei.ts'
import type { Opening } from './opening.ts'
import { hashOpenJob, jobIdOf, packOpening, parseOpening } from './opening.ts'
import { testOpening, testTerms } from './test-opening.ts'

const domain = {
  chainId: 31337,
  escrow: readAddress('0x5fbdb2315678afecb367f032d93f642f64180aa3', 'escrow'),
}
const opening = testOpening({ publisher: accountOf(makeKey()), settler: accountOf(makeKey()) })

test('the id of a job is the hash of the domain and 18 words, put together by hand', () => {
  const text = (line: string): Uint8Array => keccak(new TextEncoder().encode(line))
  const word = (value: bigint | number | string): Uint8Array =>
    fromHex(BigInt(value).toString(16).padStart(64, '0'))
  const separator = keccak(
    concat([
      text('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
      text('Weft'),
      text('1'),
      word(domain.chainId),
      word(domain.escrow),
    ]),
  )
  const { terms } = opening
  const words = [
    opening.publisher,
    opening.salt,
    opening.token,
    opening.budget,
    opening.bond,
    opening.settler,
    `0x${opening.manifest}`,
    terms.expiry,
    terms.postDelay,
    terms.challengeDelay,
    terms.closeDelay,
    terms.settlerCap,
    terms.postReserve,
    terms.postBounty,
    terms.quorumBps,
    terms.minSigners,
    terms.forceDelay,
    terms.forceCap,
  ].map(word)
  expect(words).toHaveLength(18)
  expect(jobIdOf(opening, domain)).toBe(toHex(keccak(concat([separator, ...words]))))
})

test('any other opening, chain or escrow is another job, and another order to open it', () => {
  const one = toWei(1n)
  const changes: Partial<Opening>[] = [
    { publisher: accountOf(makeKey()) },
    { salt: `0x${'12'.repeat(32)}` },
    { token: accountOf(makeKey()) },
    { budget: one },
    { bond: one },
    { settler: accountOf(makeKey()) },
    { manifest: 'cd'.repeat(32) as Digest },
    ...(
      [
        'expiry',
        'postDelay',
        'challengeDelay',
        'closeDelay',
        'quorumBps',
        'minSigners',
        'forceDelay',
      ] as const
    ).map((name) => ({ terms: testTerms({ [name]: 77 }) })),
    ...(['settlerCap', 'postReserve', 'postBounty', 'forceCap'] as const).map((name) => ({
      terms: testTerms({ [name]: one }),
    })),
  ]
  const openings = [opening, ...changes.map((change) => ({ ...opening, ...change }))]
  const domains = [domain, { ...domain, chainId: 1 }, { ...domain, escrow: accountOf(makeKey()) }]
  const order = { contact: new Uint8Array([1]), deadline: 5 }
  const digest = (entry: Opening, where = domain, change = {}) =>
    toHex(hashOpenJob({ opening: entry, ...order, ...change }, where))
  const ids = [
    ...openings.map((entry) => jobIdOf(entry, domain)),
    ...domains.slice(1).map((where) => jobIdOf(opening, where)),
  ]
  const digests = [
    ...openings.map((entry) => digest(entry)),
    ...domains.slice(1).map((where) => digest(opening, where)),
    digest(opening, domain, { contact: new Uint8Array([2]) }),
    digest(opening, domain, { deadline: 6 }),
  ]
  expect(openings).toHaveLength(19)
  expect(new Set(ids).size).toBe(21)
  expect(new Set(digests).size).toBe(23)
})

test('an opening survives the wire', () => {
  expect(parseOpening(decodeCbor(encodeCbor(packOpening(opening))))).toEqual(opening)
})

describe('a bad field of an opening is refused with its path', () => {
  const packed = packOpening(opening) as Record<string, unknown>
  test.each<[string, unknown, string]>([
    ['more', 1, 'opening.more: unknown field'],
    ['publisher', '0x1', 'opening.publisher: expected an address'],
    ['salt', new Uint8Array(31), 'opening.salt: expected 32 bytes'],
    ['token', 0, 'opening.token: expected an address'],
    ['budget', 5, 'opening.budget: expected an amount of wei'],
    ['bond', (2n ** 88n).toString(), 'opening.bond: expected at most'],
    ['settler', null, 'opening.settler: expected an address'],
    ['manifest', '0x', 'opening.manifest: expected bytes'],
    ['terms', { ...(packed.terms as object), expiry: -1 }, 'opening.terms.expiry: expected a whole number'],
    ['terms', { ...(packed.terms as object), forceCap: 5 }, 'opening.terms.forceCap: expected an amount'],
    ['terms', {}, 'opening.terms.expiry: expected'],
  ])('%s: %j', (field, value, message) => {
    const parse = (): unknown => parseOpening({ ...packed, [field]: value })
    expect(parse).toThrow(message)
    expect(parse).toThrow(Failure)
  })
})
