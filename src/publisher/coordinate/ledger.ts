import { isDistrusted } from '../../market/distrust.ts'
import type { Address } from '../../protocol/address.ts'
import type { Digest, Hex } from '../../protocol/bytes.ts'
import { encodeCbor } from '../../protocol/cbor.ts'
import { digestOf } from '../../protocol/digest.ts'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'
import type { BoardVote } from './unit-board.ts'

/** Who has earned what in a job, and the digest of the verdicts behind it. Own opinions earn nothing. */
export class Ledger {
  readonly #price: Wei
  readonly #earned = new Map<Address, Wei>()
  #verdicts: Digest = digestOf(new Uint8Array())
  /** What each provider delivered, by account and payee. */
  readonly tally = new Map<string, Row>()
  /** Replicas that earned. */
  paid = 0
  /** Replicas that were rejected. */
  rejected = 0

  constructor(price: Wei) {
    this.#price = price
  }

  get verdicts(): Hex {
    return `0x${this.#verdicts}`
  }

  /** What each payee has earned so far. */
  get earned(): Map<Address, Wei> {
    return new Map(this.#earned)
  }

  /** Whether a provider's results here were too often wrong to lease it more. */
  isDistrusted({ account, payee }: Pick<BoardVote, 'account' | 'payee'>): boolean {
    const row = this.tally.get(`${account} ${payee}`)
    return row !== undefined && isDistrusted(row)
  }

  /** Counts results that came in. */
  receive({ account, payee }: Pick<BoardVote, 'account' | 'payee'>, count: number): void {
    this.#row(account, payee).delivered += count
  }

  /** Counts a verdict: `winners` earn the price each. */
  enter(
    unit: number,
    { winners, losers }: { winners: readonly BoardVote[]; losers: readonly BoardVote[] },
  ): void {
    for (const { account, payee, isOwn } of winners) {
      if (isOwn) continue
      this.#row(account, payee).accepted += 1
      this.#earned.set(payee, toWei((this.#earned.get(payee) ?? 0n) + this.#price))
      this.paid += 1
    }
    for (const { account, payee, isOwn } of losers) {
      if (isOwn) continue
      this.#row(account, payee).rejected += 1
      this.rejected += 1
    }
    const votes = (list: readonly BoardVote[]): string[] => list.map((vote) => vote.account)
    this.#verdicts = digestOf(encodeCbor([this.#verdicts, unit, votes(winners), votes(losers)]))
  }

  #row(account: Address, payee: Address): Row {
    const key = `${account} ${payee}`
    const row = this.tally.get(key) ?? { account, payee, delivered: 0, accepted: 0, rejected: 0 }
    this.tally.set(key, row)
    return row
  }
}

type Row = {
  readonly account: Address
  readonly payee: Address
  delivered: number
  accepted: number
  rejected: number
}
