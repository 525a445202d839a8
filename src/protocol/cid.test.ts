import { CID } from 'multiformats/cid'
import * as Multihash from 'multiformats/hashes/digest'
import { expect, test } from 'vitest'
import { fromHex } from './bytes.ts'
import { cidOf, cidOfDigest, digestOfCid, readCid } from './cid.ts'
import { digestOf } from './digest.ts'

const abc = new TextEncoder().encode('abc')
// The names that IPFS gives to these bytes (ipfs add --cid-version=1 --raw-leaves; an empty dag-cbor map).
const RAW_ABC = 'bafkreif2pall7dybz7vecqka3zo24irdwabwdi4wc55jznaq75q7eaavvu'
const EMPTY_MAP = 'bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua'

test('names are those that IPFS gives', () => {
  expect(cidOf(abc)).toBe(RAW_ABC)
  expect(cidOf(fromHex('a0'), 'dag-cbor')).toBe(EMPTY_MAP)
})

test('a name carries the digest of the bytes', () => {
  expect(digestOfCid(cidOf(abc))).toBe(digestOf(abc))
  expect(cidOfDigest(digestOf(abc))).toBe(cidOf(abc))
  expect(readCid(RAW_ABC, 'cid')).toBe(RAW_ABC)
})

test('another spelling of a name is read as the usual one', () => {
  expect(readCid('zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA', 'cid', 'raw')).toMatch(/^bafkrei/)
})

test.each([
  ['a number', 7, /^code\.cid: expected a CID, found 7/],
  ['no CID', 'hello', /^code\.cid: expected a CID, found "hello"/],
  ['empty text', '', /^code\.cid: expected a CID/],
  ['a very long text', `b${'a'.repeat(200)}`, /^code\.cid: expected a CID/],
  ['a manifest where code belongs', EMPTY_MAP, /^code\.cid: expected a CIDv1 of raw with sha2-256/],
  ['version 0', 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPBdG', /^code\.cid: expected a CIDv1 of raw/],
  ['a digest cut to 20 bytes', cutCid(), /^code\.cid: expected a CIDv1 of raw with sha2-256/],
])('%s is no name of code', (_, value, message) => {
  expect(() => readCid(value, 'code.cid')).toThrow(message)
})

/** A CID whose multihash says sha2-256 but carries 20 bytes. */
function cutCid(): string {
  return CID.createV1(0x55, Multihash.create(0x12, new Uint8Array(20))).toString()
}
