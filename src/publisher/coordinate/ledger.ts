import { isDistrusted } from '../../market/distrust.ts'
import type { Address } from '../../protocol/address.ts'
import type { Digest, Hex } from '../../protocol/bytes.ts'
import { encodeCbor } from '../../protocol/cbor.ts'
import { digestOf } from '../../protocol/digest.ts'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'
import type { BoardVote } from './unit-board.ts'

const NOTHING = toWei(0n)

/** Who has earned what in a job, and the digest of the verdicts behind it. Own opinions earn nothing. */
export class Ledger {
  readonly worthOf: (result: Uint8Array) => Wei
  readonly #earned = new Map<Address, Wei>()
  #verdicts: Digest = digestOf(new Uint8Array())
  /** What each provider delivered, by account and payee. */
  readonly tally = new Map<string, Row>()
  /** Replicas that earned, and what they earned together. */
  paid = 0
  spent = NOTHING
  /** Replicas that were rejected. */
  rejected = 0

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

  /** `worthOf` tells what a result earns when it is accepted. */
  constructor(worthOf: (result: Uint8Array) => Wei) {
    this.worthOf = worthOf
  }

  /** Counts a verdict: each of the `winners` earns what the accepted result is worth, which is returned. */
  enter(unit: number, { winners, losers }: Decision, result: Uint8Array | undefined): Wei {
    const worth = result === undefined ? NOTHING : this.worthOf(result)
    for (const { account, payee, isOwn } of winners) {
      if (isOwn) continue
      this.#row(account, payee).accepted += 1
      this.#earned.set(payee, toWei((this.#earned.get(payee) ?? 0n) + worth))
      this.paid += 1
      this.spent = toWei(this.spent + worth)
    }
    for (const { account, payee, isOwn } of losers) {
      if (isOwn) continue
      this.#row(account, payee).rejected += 1
      this.rejected += 1
    }
    const votes = (list: readonly BoardVote[]): string[] => list.map((vote) => vote.account)
    this.#verdicts = digestOf(encodeCbor([this.#verdicts, unit, votes(winners), votes(losers)]))
    return worth
  }

  #row(account: Address, payee: Address): Row {
    const key = `${account} ${payee}`
    const row = this.tally.get(key) ?? { account, payee, delivered: 0, accepted: 0, rejected: 0 }
    this.tally.set(key, row)
    return row
  }
}

type Decision = { readonly winners: readonly BoardVote[]; readonly losers: readonly BoardVote[] }

type Row = {
  readonly account: Address
  readonly payee: Address
  delivered: number
  accepted: number
  rejected: number
}
