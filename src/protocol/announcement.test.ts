import { describe, expect, test } from 'vitest'
import { accountOf, makeKey } from './account.ts'
import { readAddress } from './address.ts'
import type { Announcement } from './announcement.ts'
import { MAX_TTL_SECONDS, packAnnouncement, parseAnnouncement, signAnnouncement } from './announcement.ts'
import { decodeCbor, encodeCbor } from './cbor.ts'
import { cidOf } from './cid.ts'
import { Failure } from './failure.ts'
import { toWei } from './wei.ts'

const key = makeKey()
const announcement: Announcement = {
  chainId: 31337,
  genesis: `0x${'01'.repeat(32)}`,
  jobId: `0x${'02'.repeat(32)}`,
  escrow: readAddress('0x5fbdb2315678afecb367f032d93f642f64180aa3', 'escrow'),
  manifest: cidOf(new Uint8Array(3), 'dag-cbor'),
  price: toWei(10n ** 15n),
  publisher: accountOf(key),
  peer: '16Uiu2HAm',
  addresses: ['/ip4/127.0.0.1/tcp/9001/ws'],
  name: 'A bunny',
  isWithdrawn: false,
  issuedAt: 1_700_000_000,
  expiresAt: 1_700_000_060,
}
const signed = signAnnouncement(announcement, key)
const packed = packAnnouncement(signed) as Record<string, unknown>

test('an announcement survives the wire', () => {
  expect(parseAnnouncement(decodeCbor(encodeCbor(packed)))).toEqual(signed)
})

test('an announcement signed by somebody else is refused', () => {
  const lie = packAnnouncement(signAnnouncement(announcement, makeKey()))
  expect(() => parseAnnouncement(lie)).toThrow(
    'announcement.signature: expected a signature of the publisher that it names',
  )
})

describe('a changed field breaks the signature', () => {
  const other = cidOf(new Uint8Array(4), 'dag-cbor')
  test.each(
    Object.entries({
      chainId: 1,
      genesis: new Uint8Array(32),
      jobId: new Uint8Array(32),
      escrow: `0x${'00'.repeat(20)}`,
      manifest: other,
      price: '1000000000000001',
      publisher: accountOf(makeKey()),
      peer: '16Uiu2HAn',
      addresses: ['/ip4/6.6.6.6/tcp/1/ws'],
      name: 'A hare',
      isWithdrawn: true,
      issuedAt: 1_700_000_001,
      expiresAt: 1_700_000_061,
      signature: new Uint8Array(65).fill(27),
    }),
  )('%s', (field, value) => {
    expect(() => parseAnnouncement({ ...packed, [field]: value })).toThrow(
      /^announcement\.signature: expected/,
    )
  })
})

describe('a bad field is refused with its path', () => {
  test.each<[string, unknown, string]>([
    ['more', 1, 'more: unknown field'],
    ['chainId', 0, 'chainId: expected a whole number from 1'],
    ['genesis', new Uint8Array(31), 'genesis: expected 32 bytes'],
    ['jobId', '0x00', 'jobId: expected bytes'],
    ['escrow', 'escrow', 'escrow: expected an address'],
    ['manifest', cidOf(new Uint8Array(3), 'raw'), 'manifest: expected a CIDv1 of dag-cbor'],
    ['price', 5, 'price: expected an amount of wei'],
    ['publisher', null, 'publisher: expected an address'],
    ['peer', 'x'.repeat(81), 'peer: expected at most 80'],
    ['addresses', Array(9).fill('/ip4'), 'addresses: expected at most 8 entries'],
    ['addresses', [1], 'addresses[0]: expected text'],
    ['name', 'x'.repeat(61), 'name: expected at most 60'],
    ['isWithdrawn', 0, 'isWithdrawn: expected true or false'],
    ['issuedAt', -1, 'issuedAt: expected a whole number'],
    [
      'expiresAt',
      announcement.issuedAt,
      `expiresAt: expected 1 to ${MAX_TTL_SECONDS} seconds after issuedAt, found 0`,
    ],
    ['expiresAt', announcement.issuedAt + 91, 'seconds after issuedAt, found 91'],
    ['signature', new Uint8Array(64), 'signature: expected 65 bytes'],
  ])('%s: %j', (field, value, message) => {
    const parse = (): unknown => parseAnnouncement({ ...packed, [field]: value }, 'jobs[3]')
    expect(parse).toThrow(message)
    expect(parse).toThrow(/^jobs\[3\]\./)
    expect(parse).toThrow(Failure)
  })

  test.each(Object.keys(packed))('without %s', (field) => {
    const { [field]: _, ...rest } = packed
    expect(() => parseAnnouncement(rest)).toThrow(`announcement.${field}: expected`)
  })
})
