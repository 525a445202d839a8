import { describe, expect, test } from 'vitest'
import { accountOf, makeKey } from './account.ts'
import { readAddress } from './address.ts'
import type { Announcement } from './announcement.ts'
import { MAX_TTL_SECONDS, packAnnouncement, parseAnnouncement, signAnnouncement } from './announcement.ts'
import { decodeCbor, encodeCbor } from './cbor.ts'
import { jobIdOf, packOpening } from './escrow/opening.ts'
import { testOpening } from './escrow/test-opening.ts'
import { Failure } from './failure.ts'
import { toWei } from './wei.ts'

const key = makeKey()
const opening = testOpening({ publisher: accountOf(key) })
const domain = {
  chainId: 31337,
  escrow: readAddress('0x5fbdb2315678afecb367f032d93f642f64180aa3', 'escrow'),
}
const announcement: Announcement = {
  ...domain,
  genesis: `0x${'01'.repeat(32)}`,
  jobId: jobIdOf(opening, domain),
  opening,
  price: toWei(10n ** 15n),
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

test('an announcement with another opening than the one of its job is refused, whoever signs it', () => {
  const said = (change: Partial<Announcement>, by = key) =>
    packAnnouncement(signAnnouncement({ ...announcement, ...change }, by))
  const thief = makeKey()
  for (const lie of [
    said({ opening: { ...opening, bond: toWei(opening.bond + 1n) } }),
    said({ opening: { ...opening, publisher: accountOf(thief) } }, thief),
    said({ opening: { ...opening, terms: { ...opening.terms, challengeDelay: 2 } } }),
    said({ jobId: `0x${'02'.repeat(32)}` }),
    said({ chainId: 1 }),
  ])
    expect(() => parseAnnouncement(lie)).toThrow(/^announcement\.opening: expected the opening of job 0x/)
})

describe('a changed field breaks the signature', () => {
  const { terms } = opening
  const other = packOpening({ ...opening, terms: { ...terms, closeDelay: terms.closeDelay + 1 } })
  test.each(
    Object.entries({
      chainId: 1,
      genesis: new Uint8Array(32),
      jobId: new Uint8Array(32),
      escrow: `0x${'00'.repeat(20)}`,
      opening: other,
      price: '1000000000000001',
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
    ['opening', { ...(packed.opening as object), bond: 5 }, 'opening.bond: expected an amount of wei'],
    ['price', 5, 'price: expected an amount of wei'],
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
