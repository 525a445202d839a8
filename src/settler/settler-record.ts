import type { Hex } from '../protocol/bytes.ts'
import { fromHex, toHex } from '../protocol/bytes.ts'
import { Failure, malformed } from '../protocol/failure.ts'
import { readBytes, readInteger, readList, readRecord } from '../protocol/read.ts'
import type { Statement } from '../protocol/statement/statement.ts'
import { packLeaf, packStatement, parseLeaf, parseStatement } from '../protocol/statement/statement.ts'
import type { Leaf } from '../protocol/statement/sum-tree.ts'
import { readWei } from '../protocol/wei.ts'
import { packRecord, parseRecord } from '../store/record.ts'
import type { Journal } from '../store/store.ts'
import type { Book, Draft, Epoch, OnChain } from './book.ts'
import { makeEpoch } from './book.ts'

/** The name of the settler's journal of a job. */
export function settlerJournal(jobId: Hex): string {
  return `settler/${jobId}`
}

/** The record of a statement that is about to be signed, with the leaves that it changes. */
export function packStatements({ statement, update, verdicts }: Draft): Uint8Array {
  return packRecord('statement', packBody({ statement, leaves: update.leaves, verdicts }))
}

/** The record that an older statement became final, with all its leaves. */
export function packReplaced({ statement, tree, verdicts }: Epoch): Uint8Array {
  return packRecord('replaced', packBody({ statement, leaves: tree.leaves, verdicts }))
}

/** The record that a statement of an epoch is on chain; a newer one may follow it there. */
export function packPosted(epoch: number, { seq, total }: OnChain): Uint8Array {
  return packRecord('posted', { epoch, seq, total: total.toString() })
}

/** The record of since when something is not on chain (ms since 1970): a restart does not make it younger. */
export function packUnposted(since: number): Uint8Array {
  return packRecord('unposted', { since })
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

/**
 * Fills a book from its journal and returns the payments in it. Of the statements of an epoch only the newest is hashed. Throws
 * `malformed` when the journal contradicts itself.
 */
export async function replaySettler(journal: Journal, book: Book): Promise<PaidLeaves[]> {
  const paid: PaidLeaves[] = []
  let grown: Grown | undefined
  const enter = (number = grown?.statement.epoch): void => {
    if (grown === undefined || grown.statement.epoch !== number) return
    book.restore(makeEpoch(grown.statement, grown.leaves, grown.verdicts))
    grown = undefined
  }
  for await (const bytes of journal.read()) {
    const { kind, body } = parseRecord(bytes)
    if (kind === 'statement') {
      grown = grow(grown ?? grownOf(book.open), readBody(body))
      if (!grown.statement.isLast) continue
      enter()
      book.unpostedSince = undefined
    } else if (kind === 'replaced') {
      const { statement, leaves, verdicts } = readBody(body)
      enter(statement.epoch)
      book.replace(makeEpoch(statement, leaves, verdicts))
      book.unpostedSince = undefined
    } else if (kind === 'posted') {
      const { epoch, ...posted } = readPosted(body)
      enter(epoch)
      book.post(epoch, posted)
      if (book.open?.statement.epoch === epoch) book.unpostedSince = undefined
    } else if (kind === 'unposted') {
      const { since } = readRecord(body, kind, ['since'])
      book.unpostedSince = readInteger(since, 'unposted.since', [0, Number.MAX_SAFE_INTEGER])
    } else if (kind === 'claimed') {
      const claimed = readClaimed(body)
      book.claim(claimed.epoch, claimed.indexes)
      paid.push(claimed)
    } else
      throw new Failure('unsupported', `A settler's record of kind "${kind}" is not known to this version`)
  }
  enter()
  return paid
}

/** Finds the statement of an epoch with this root among all that were journaled. */
export async function findStatement(
  journal: Pick<Journal, 'read'>,
  { epoch, root }: { readonly epoch: number; readonly root: Hex },
): Promise<Epoch | undefined> {
  let grown: Grown | undefined
  for await (const bytes of journal.read()) {
    const { kind, body } = parseRecord(bytes)
    if (kind !== 'statement') continue
    const next = readBody(body)
    if (next.statement.epoch !== epoch) continue
    grown = grow(grown, next)
    if (next.statement.root === root) return makeEpoch(grown.statement, grown.leaves, grown.verdicts)
  }
  return undefined
}

/** A statement with leaves: those that it changes, or all. */
type Stated = { readonly statement: Statement; readonly leaves: readonly Leaf[]; readonly verdicts: Hex }

/** A statement with all its leaves; they are taken over by the next one of the epoch. */
type Grown = Stated & { readonly leaves: Leaf[] }

function grownOf(open: Epoch | undefined): Grown | undefined {
  return open && { statement: open.statement, leaves: [...open.tree.leaves], verdicts: open.verdicts }
}

/** The statement that follows, with all its leaves. Throws `malformed` when it does not follow. */
function grow(known: Grown | undefined, { statement, leaves: changed, verdicts }: Stated): Grown {
  const before = known?.statement.epoch === statement.epoch ? known : undefined
  const seq = (before?.statement.seq ?? 0) + 1
  if (statement.seq !== seq)
    throw malformed('statement.seq', `${seq} in epoch ${statement.epoch}`, statement.seq)
  const leaves = before?.leaves ?? []
  for (const leaf of changed) {
    if (leaf.index > leaves.length) throw malformed('leaf.index', `at most ${leaves.length}`, leaf.index)
    leaves[leaf.index] = leaf
  }
  return { statement, leaves, verdicts }
}

/** The first one wrote all leaves with every statement, and no number of a version. */
const VERSION = 2

function packBody({ statement, leaves, verdicts }: Stated): unknown {
  const unsigned = packStatement({ statement, signature: new Uint8Array(65) })
  return { version: VERSION, statement: unsigned, leaves: leaves.map(packLeaf), verdicts: fromHex(verdicts) }
}

function readBody(body: unknown): Stated {
  const record = readRecord(body, 'statement', ['version', 'statement', 'leaves', 'verdicts'])
  if (record.version !== VERSION)
    throw new Failure(
      'unsupported',
      `statement.version: this program reads version ${VERSION} of a settler's journal. Run the program that wrote it, or start with an empty store`,
    )
  const { statement } = parseStatement(record.statement)
  const leaves = readList(record.leaves, 'statement.leaves', { max: 1_000_000, read: parseLeaf })
  return { statement, leaves, verdicts: toHex(readBytes(record.verdicts, 'statement.verdicts', 32)) }
}

function readPosted(body: unknown): OnChain & { readonly epoch: number } {
  const record = readRecord(body, 'posted', ['epoch', 'seq', 'total'])
  return {
    epoch: readInteger(record.epoch, 'posted.epoch', [0, 2 ** 31]),
    seq: readInteger(record.seq, 'posted.seq', [1, 2 ** 24]),
    total: readWei(record.total, 'posted.total'),
  }
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
