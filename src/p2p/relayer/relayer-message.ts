import type { Address } from '../../protocol/address.ts'
import { readAddress } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { fromHex, toHex } from '../../protocol/bytes.ts'
import type { RelayedCall } from '../../protocol/escrow/relayed-call.ts'
import { packCall, parseCall } from '../../protocol/escrow/relayed-call.ts'
import { at, readBytes, readInteger, readRecord } from '../../protocol/read.ts'
import type { Wei } from '../../protocol/wei.ts'
import { readWei } from '../../protocol/wei.ts'

/** The protocol by which a relay sends calls of the escrow for those who have no gas. */
export const RELAYER_PROTOCOL = '/weft/relayer/1'

/**
 * The frames of a relayer. A peer says QUOTE (the outline of a call) or SEND (a call and the fee that may be kept of it); the
 * relay answers QUOTED, SENT (the hash of the transaction, 32 bytes), or REFUSED with a sentence.
 */
export const RELAYER_FRAME = { quote: 1, send: 2, quoted: 16, sent: 17, refused: 18 } as const

/** What a relayer wants for a call: the fee in the call's token, the account that sends it, and until when that holds. */
export type Quote = {
  readonly fee: Wei
  readonly account: Address
  /** Seconds since 1970. */
  readonly until: number
}

/** A call to send, and what may be kept of it. */
export type RelayerOrder = { readonly call: RelayedCall; readonly fee: Wei }

/** A quote as plain values for a frame. */
export function packQuote(quote: Quote): unknown {
  return { ...quote, fee: quote.fee.toString() }
}

/** Reads what `packQuote` wrote. Throws `malformed` with the field's path. */
export function parseQuote(value: unknown, path = 'quote'): Quote {
  const record = readRecord(value, path, ['fee', 'account', 'until'])
  return {
    fee: readWei(record.fee, at(path, 'fee')),
    account: readAddress(record.account, at(path, 'account')),
    until: readInteger(record.until, at(path, 'until'), [0, Number.MAX_SAFE_INTEGER]),
  }
}

/** An order as plain values for a frame. */
export function packOrder({ call, fee }: RelayerOrder): unknown {
  return { call: packCall(call), fee: fee.toString() }
}

/** Reads what `packOrder` wrote. Throws `malformed` with the field's path. */
export function parseOrder(value: unknown, path = 'order'): RelayerOrder {
  const record = readRecord(value, path, ['call', 'fee'])
  return { call: parseCall(record.call, at(path, 'call')), fee: readWei(record.fee, at(path, 'fee')) }
}

/** The hash of a transaction as it goes into a frame. */
export function packHash(hash: Hex): unknown {
  return fromHex(hash)
}

/** Reads what `packHash` wrote. Throws `malformed`. */
export function parseHash(value: unknown): Hex {
  return toHex(readBytes(value, 'hash', 32))
}
