import type { Hex } from '../protocol/bytes.ts'
import { fromHex, toHex } from '../protocol/bytes.ts'
import { Failure, malformed } from '../protocol/failure.ts'
import { readBytes, readInteger, readList, readRecord } from '../protocol/read.ts'
import { packLeaf, packStatement, parseLeaf, parseStatement } from '../protocol/statement.ts'
import { buildTree, rootOf } from '../protocol/sum-tree.ts'
import { packRecord, parseRecord } from '../store/record.ts'
import type { Journal } from '../store/store.ts'
import type { Book, Epoch } from './book.ts'

/** The name of the settler's journal of a job. */
export function settlerJournal(jobId: Hex): string {
  return `settler/${jobId}`
}

/** The record of a statement that is about to be signed, with its leaves. */
export function packStatements({ statement, tree }: Epoch): Uint8Array {
  const unsigned = packStatement({ statement, signature: new Uint8Array(65) })
  return packRecord('statement', { statement: unsigned, leaves: tree.leaves.map(packLeaf) })
}

/** The record that an older statement became final, with its leaves. */
export function packReplaced({ statement, tree }: Epoch): Uint8Array {
  const unsigned = packStatement({ statement, signature: new Uint8Array(65) })
  return packRecord('replaced', { statement: unsigned, leaves: tree.leaves.map(packLeaf) })
}

/** The record that an epoch is on chain. */
export function packPosted(epoch: number): Uint8Array {
  return packRecord('posted', { epoch })
}

/** The record that leaves were paid; without a transaction somebody else had claimed them. */
export function packClaimed(
  epoch: number,
  { indexes, transaction }: { readonly indexes: readonly number[]; readonly transaction: Hex | undefined },
): Uint8Array {
  const sent = transaction === undefined ? {} : { transaction: fromHex(transaction) }
  return packRecord('claimed', { epoch, indexes: [...indexes], ...sent })
}

/** A transaction that paid leaves, as the journal tells it. */
export type PaidLeaves = {
  readonly epoch: number
  readonly indexes: readonly number[]
  readonly transaction: Hex | undefined
}

/** Fills a book from its journal and returns the payments in it. Throws `malformed` when the journal contradicts itself. */
export async function replaySettler(journal: Journal, book: Book): Promise<PaidLeaves[]> {
  const paid: PaidLeaves[] = []
  for await (const bytes of journal.read()) {
    const { kind, body } = parseRecord(bytes)
    if (kind === 'statement') book.enter(readStatement(body))
    else if (kind === 'replaced') book.replace(readStatement(body))
    else if (kind === 'posted')
      book.post(readInteger(readRecord(body, kind, ['epoch']).epoch, 'posted.epoch', [0, 2 ** 31]))
    else if (kind === 'claimed') {
      const claimed = readClaimed(body)
      book.claim(claimed.epoch, claimed.indexes)
      paid.push(claimed)
    } else
      throw new Failure('unsupported', `A settler's record of kind "${kind}" is not known to this version`)
  }
  return paid
}

/** Finds the statement of an epoch with this root among all that were journaled. */
export async function findStatement(
  journal: Pick<Journal, 'read'>,
  { epoch, root }: { readonly epoch: number; readonly root: Hex },
): Promise<Epoch | undefined> {
  for await (const bytes of journal.read()) {
    const { kind, body } = parseRecord(bytes)
    if (kind !== 'statement') continue
    const { statement } = parseStatement(readRecord(body, kind, FIELDS).statement)
    if (statement.epoch === epoch && statement.root === root) return readStatement(body)
  }
  return undefined
}

const FIELDS = ['statement', 'leaves']

function readStatement(body: unknown): Epoch {
  const record = readRecord(body, 'statement', FIELDS)
  const { statement } = parseStatement(record.statement)
  const tree = buildTree(readList(record.leaves, 'statement.leaves', { max: 1_000_000, read: parseLeaf }))
  if (rootOf(tree).root !== statement.root) throw malformed('statement.leaves', 'the leaves of the statement')
  return { statement, tree, isPosted: false, claimed: new Set() }
}

function readClaimed(body: unknown): PaidLeaves {
  const record = readRecord(body, 'claimed', ['epoch', 'indexes', 'transaction'])
  return {
    epoch: readInteger(record.epoch, 'claimed.epoch', [0, 2 ** 31]),
    indexes: readList(record.indexes, 'claimed.indexes', {
      max: 1_000_000,
      read: (entry, path) => readInteger(entry, path, [0, 2 ** 32]),
    }),
    transaction:
      record.transaction === undefined
        ? undefined
        : toHex(readBytes(record.transaction, 'claimed.transaction', 32)),
  }
}
