import { hashTypedData, recoverAddress } from 'viem/utils'
import { describe, expect, test } from 'vitest'
import { accountOf, keccak, makeKey } from '../account.ts'
import { readAddress } from '../address.ts'
import type { Hex } from '../bytes.ts'
import { concat, fromHex, toHex } from '../bytes.ts'
import { decodeCbor, encodeCbor } from '../cbor.ts'
import type { Domain } from '../escrow/domain.ts'
import { Failure } from '../failure.ts'
import { toWei } from '../wei.ts'
import type { Statement } from './statement.ts'
import {
  hashStatement,
  packLeaf,
  packStatement,
  parseLeaf,
  parseStatement,
  signStatement,
  statementSigner,
} from './statement.ts'

const key = makeKey()
const domain: Domain = {
  chainId: 31337,
  escrow: readAddress('0x5fbdb2315678afecb367f032d93f642f64180aa3', 'escrow'),
}
const statement: Statement = {
  jobId: `0x${'11'.repeat(32)}`,
  epoch: 2,
  seq: 9,
  isLast: true,
  depth: 5,
  total: toWei(123_456_789_000n),
  units: 4096,
  root: `0x${'22'.repeat(32)}`,
  dataHash: `0x${'33'.repeat(32)}`,
}
const signed = signStatement(statement, domain, key)
const packed = packStatement(signed) as Record<string, unknown>

/** EIP-712 by hand: `\x19\x01`, the hash of the domain and the hash of the struct, every field a word of 32 bytes. */
function hashByHand(): Hex {
  const text = (line: string): Uint8Array => keccak(new TextEncoder().encode(line))
  const word = (value: bigint | number): Uint8Array => fromHex(BigInt(value).toString(16).padStart(64, '0'))
  const separator = keccak(
    concat([
      text('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
      text('Weft'),
      text('1'),
      word(domain.chainId),
      word(BigInt(domain.escrow)),
    ]),
  )
  const struct = keccak(
    concat([
      text(
        'Statement(bytes32 jobId,uint256 epoch,uint256 seq,bool last,uint256 depth,uint256 total,uint256 units,bytes32 root,bytes32 dataHash)',
      ),
      fromHex(statement.jobId),
      word(statement.epoch),
      word(statement.seq),
      word(1),
      word(statement.depth),
      word(statement.total),
      word(statement.units),
      fromHex(statement.root),
      fromHex(statement.dataHash),
    ]),
  )
  return toHex(keccak(concat([new Uint8Array([0x19, 1]), separator, struct])))
}

test('the hash is that of EIP-712, put together by hand', () => {
  expect(toHex(hashStatement(statement, domain))).toBe(hashByHand())
})

test('the signer is recovered by us and by viem', async () => {
  expect(statementSigner(signed, domain)).toBe(accountOf(key))
  const hash = toHex(hashStatement(statement, domain))
  const recovered = await recoverAddress({ hash, signature: toHex(signed.signature) })
  expect(recovered.toLowerCase()).toBe(accountOf(key))
})

test('another chain, contract or domain name is another hash', () => {
  const hash = toHex(hashStatement(statement, domain))
  expect(toHex(hashStatement(statement, { ...domain, chainId: 1 }))).not.toBe(hash)
  expect(toHex(hashStatement(statement, { ...domain, escrow: accountOf(key) }))).not.toBe(hash)
  const named = hashTypedData({
    domain: { name: 'Other', version: '1', chainId: domain.chainId, verifyingContract: domain.escrow },
    types: { Statement: [{ name: 'jobId', type: 'bytes32' }] },
    primaryType: 'Statement',
    message: { jobId: statement.jobId },
  })
  expect(named).not.toBe(hash)
})

test('a statement with any field changed is not signed by its settler', () => {
  const changes: Partial<Statement>[] = [
    { jobId: `0x${'12'.repeat(32)}` },
    { epoch: 3 },
    { seq: 10 },
    { isLast: false },
    { depth: 6 },
    { total: toWei(statement.total + 1n) },
    { units: 4097 },
    { root: `0x${'23'.repeat(32)}` },
    { dataHash: `0x${'34'.repeat(32)}` },
  ]
  expect(changes).toHaveLength(Object.keys(statement).length)
  for (const change of changes) {
    const changed = { ...signed, statement: { ...statement, ...change } }
    expect(statementSigner(changed, domain)).not.toBe(accountOf(key))
  }
})

test('a signed statement and a leaf survive the wire', () => {
  expect(parseStatement(decodeCbor(encodeCbor(packed)))).toEqual(signed)
  const leaf = { account: accountOf(key), amount: toWei(5n), earned: toWei(7n), index: 3 }
  expect(parseLeaf(decodeCbor(encodeCbor(packLeaf(leaf))))).toEqual(leaf)
})

describe('a bad field of a statement is refused with its path', () => {
  test.each<[string, unknown, string]>([
    ['more', 1, 'statement.more: unknown field'],
    ['jobId', new Uint8Array(31), 'statement.jobId: expected 32 bytes'],
    ['epoch', -1, 'statement.epoch: expected a whole number from 0'],
    ['seq', 2 ** 24, 'statement.seq: expected a whole number from 0 to 16777215'],
    ['isLast', 1, 'statement.isLast: expected true or false'],
    ['depth', 33, 'statement.depth: expected a whole number from 0 to 32'],
    ['total', 5, 'statement.total: expected an amount of wei'],
    ['total', (2n ** 88n).toString(), 'statement.total: expected at most'],
    ['units', 0.5, 'statement.units: expected a whole number'],
    ['root', '0x', 'statement.root: expected bytes'],
    ['dataHash', new Uint8Array(33), 'statement.dataHash: expected 32 bytes'],
    ['signature', new Uint8Array(64), 'statement.signature: expected 65 bytes'],
  ])('%s: %j', (field, value, message) => {
    const parse = (): unknown => parseStatement({ ...packed, [field]: value })
    expect(parse).toThrow(message)
    expect(parse).toThrow(Failure)
  })

  test.each(Object.keys(packed))('without %s', (field) => {
    const { [field]: _, ...rest } = packed
    expect(() => parseStatement(rest)).toThrow(`statement.${field}: expected`)
  })
})

describe('a bad field of a leaf is refused with its path', () => {
  const leaf = { account: accountOf(key), amount: '5', earned: '7', index: 3 }
  test.each<[string, unknown, string]>([
    ['account', '0x1', 'leaf.account: expected an address'],
    ['amount', -5, 'leaf.amount: expected an amount'],
    ['earned', '4', 'leaf.earned: expected at least the amount of this epoch'],
    ['index', 2 ** 32, 'leaf.index: expected a whole number'],
    ['more', 1, 'leaf.more: unknown field'],
  ])('%s: %j', (field, value, message) => {
    expect(() => parseLeaf({ ...leaf, [field]: value })).toThrow(message)
  })
})
