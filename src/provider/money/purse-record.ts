import type { Address } from '../../protocol/address.ts'
import { readAddress, ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { fromHex, toHex } from '../../protocol/bytes.ts'
import { packOpening, parseOpening } from '../../protocol/escrow/opening.ts'
import { at, readBytes, readInteger, readList, readRecord, readText } from '../../protocol/read.ts'
import { packLeaf, packStatement, parseLeaf, parseStatement } from '../../protocol/statement/statement.ts'
import type { Leaf } from '../../protocol/statement/sum-tree.ts'
import { MAX_DEPTH } from '../../protocol/statement/sum-tree.ts'
import type { Wei } from '../../protocol/wei.ts'
import { readWei } from '../../protocol/wei.ts'
import type { Held } from './check-promise.ts'

/** What the list of another statement, which became final in the place of the held one, gives the payee: a leaf or none. */
export type Instead = { readonly root: Hex; readonly leaf: Leaf | undefined; readonly proof: Uint8Array }

/** A promise as it is kept. */
export type Kept = {
  readonly held: Held
  /** When the first promise of this epoch was kept (ms since 1970). */
  readonly since: number
  readonly instead: Instead | undefined
}

/** What is over between a job and one payee: the epochs before `next`, what they paid, and what the bond paid. */
export type Past = {
  readonly jobId: Hex
  readonly account: Address
  readonly next: number
  readonly settled: Wei
  readonly compensated: Wei
}

/** The table of contents of a purse. */
export type PurseIndex = {
  /** What was paid, by token; the zero address is the chain's own coin. */
  readonly paid: ReadonlyMap<Address, bigint>
  readonly held: readonly string[]
  readonly past: readonly Past[]
}

const MAX_TIME = Number.MAX_SAFE_INTEGER
const INDEX = 'purse'

/** The index as plain values for the store. */
export function packIndex({ paid, held, past }: PurseIndex): unknown {
  return {
    paid: (paid.get(ZERO_ADDRESS) ?? 0n).toString(),
    tokens: [...paid]
      .filter(([token]) => token !== ZERO_ADDRESS)
      .map(([token, amount]) => ({ token, paid: amount.toString() })),
    held: [...held],
    past: past.map(({ jobId, settled, compensated, ...same }) => ({
      ...same,
      jobId: fromHex(jobId),
      settled: settled.toString(),
      compensated: compensated.toString(),
    })),
  }
}

/** Reads what `packIndex` wrote. Throws `malformed` with the field's path. */
export function parseIndex(value: unknown): PurseIndex {
  const record = readRecord(value, INDEX, ['paid', 'tokens', 'held', 'past'])
  const coins = readWei(record.paid, at(INDEX, 'paid'))
  const tokens = readList(record.tokens ?? [], at(INDEX, 'tokens'), { max: 10_000, read: parsePaid })
  const read = (entry: unknown, path: string): string => readText(entry, path, 140)
  return {
    paid: new Map([...(coins > 0n ? [[ZERO_ADDRESS, coins] as const] : []), ...tokens]),
    held: readList(record.held, at(INDEX, 'held'), { max: 100_000, read }),
    past: readList(record.past ?? [], at(INDEX, 'past'), { max: 100_000, read: parsePast }),
  }
}

/** A promise as plain values for the store. */
export function packKept({ held, since, instead }: Kept): unknown {
  const { signed, leaf, proof, opening } = held
  const same = { signed: packStatement(signed), leaf: packLeaf(leaf), proof, opening: packOpening(opening) }
  return { ...same, since, ...(instead === undefined ? {} : { instead: packInstead(instead) }) }
}

/** Reads what `packKept` wrote. Throws `malformed` with the field's path. */
export function parseKept(value: unknown, path: string): Kept {
  const record = readRecord(value, path, ['signed', 'leaf', 'proof', 'opening', 'since', 'instead'])
  return {
    held: {
      signed: parseStatement(record.signed, path),
      leaf: parseLeaf(record.leaf, path),
      proof: readProof(record.proof, path),
      opening: parseOpening(record.opening, path),
    },
    since: readInteger(record.since ?? 0, at(path, 'since'), [0, MAX_TIME]),
    instead: record.instead === undefined ? undefined : parseInstead(record.instead, at(path, 'instead')),
  }
}

function packInstead({ root, leaf, proof }: Instead): unknown {
  return { root: fromHex(root), proof, ...(leaf === undefined ? {} : { leaf: packLeaf(leaf) }) }
}

function parseInstead(value: unknown, path: string): Instead {
  const record = readRecord(value, path, ['root', 'leaf', 'proof'])
  return {
    root: toHex(readBytes(record.root, at(path, 'root'), 32)),
    leaf: record.leaf === undefined ? undefined : parseLeaf(record.leaf, at(path, 'leaf')),
    proof: readProof(record.proof, path),
  }
}

function parsePast(value: unknown, path: string): Past {
  const record = readRecord(value, path, ['jobId', 'account', 'next', 'settled', 'compensated'])
  return {
    jobId: toHex(readBytes(record.jobId, at(path, 'jobId'), 32)),
    account: readAddress(record.account, at(path, 'account')),
    next: readInteger(record.next, at(path, 'next'), [0, 2 ** 32]),
    settled: readWei(record.settled, at(path, 'settled')),
    compensated: readWei(record.compensated, at(path, 'compensated')),
  }
}

function parsePaid(value: unknown, path: string): [Address, Wei] {
  const record = readRecord(value, path, ['token', 'paid'])
  return [readAddress(record.token, at(path, 'token')), readWei(record.paid, at(path, 'paid'))]
}

function readProof(value: unknown, path: string): Uint8Array {
  return readBytes(value, at(path, 'proof'), [0, 44 * MAX_DEPTH])
}
