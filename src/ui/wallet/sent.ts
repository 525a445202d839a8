import type { Address } from '../../protocol/address.ts'
import { readAddress } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { fromHex, toHex } from '../../protocol/bytes.ts'
import { Failure } from '../../protocol/failure.ts'
import { readInteger, readList, readRecord, readText, readWord } from '../../protocol/read.ts'
import type { Wei } from '../../protocol/wei.ts'
import { readWei } from '../../protocol/wei.ts'

/** Coins that this page sent from an account, or that a wallet sent to it from here. The chain has no list of these. */
export type SentPayment = {
  readonly kind: 'sent' | 'funded'
  readonly state: 'transit' | 'done' | 'failed'
  /** The other side: who is paid, or who paid. */
  readonly other: Address
  readonly amount: Wei
  /** What it cost; known when it is done, and to the payer only. */
  readonly fee: Wei | undefined
  readonly hash: Hex
  /** Its bytes, to send it again while it is on its way. */
  readonly transaction: Hex | undefined
  readonly at: number
  readonly why: string
}

const MAX = 500
const FIELDS = ['kind', 'state', 'other', 'amount', 'fee', 'hash', 'transaction', 'at', 'why']

/** Writes payments as a text, the newest 500. */
export function packSent(payments: readonly SentPayment[]): string {
  const plain = payments.slice(0, MAX).map((payment) => ({
    ...payment,
    amount: payment.amount.toString(),
    fee: payment.fee?.toString(),
  }))
  return JSON.stringify(plain)
}

/** Reads payments that were kept; those of another version of this page count as none. */
export function parseSent(text: string | null): readonly SentPayment[] {
  try {
    return readList(JSON.parse(text ?? '[]'), 'sent', { max: MAX, read: readSent })
  } catch (error) {
    if (error instanceof Failure || error instanceof SyntaxError) return []
    throw error
  }
}

/** Puts a payment in its place among the others, the newest first. */
export function noteSent(payments: readonly SentPayment[], payment: SentPayment): readonly SentPayment[] {
  return [payment, ...payments.filter(({ hash }) => hash !== payment.hash)].sort((a, b) => b.at - a.at)
}

function readSent(value: unknown, path: string): SentPayment {
  const record = readRecord(value, path, FIELDS)
  const readHex = (name: 'hash' | 'transaction'): Hex =>
    toHex(fromHex(readText(record[name], `${path}.${name}`, 4_000), `${path}.${name}`))
  return {
    kind: readWord(record.kind, `${path}.kind`, { words: ['sent', 'funded'] as const }),
    state: readWord(record.state, `${path}.state`, { words: ['transit', 'done', 'failed'] as const }),
    other: readAddress(record.other, `${path}.other`),
    amount: readWei(record.amount, `${path}.amount`),
    fee: record.fee === undefined ? undefined : readWei(record.fee, `${path}.fee`),
    hash: readHex('hash'),
    transaction: record.transaction === undefined ? undefined : readHex('transaction'),
    at: readInteger(record.at, `${path}.at`, [0, Number.MAX_SAFE_INTEGER]),
    why: readText(record.why, `${path}.why`, 500),
  }
}
