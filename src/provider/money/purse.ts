import type { Chain } from '../../chain/chain.ts'
import { chainTime } from '../../chain/chain.ts'
import { readLeaves } from '../../chain/escrow/read-escrow.ts'
import { shortfall } from '../../market/defence/defence.ts'
import type { Address } from '../../protocol/address.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import type { ProvenLeaf } from '../../protocol/escrow/relayed-call.ts'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'
import type { Values } from '../../store/store.ts'
import type { Money, PayPart } from '../state.ts'
import type { Held } from './check-promise.ts'
import type { Account, Entry } from './purse-entry.ts'
import {
  accountIn,
  isKnown,
  isLapsed,
  keyOf,
  leafOf,
  legOf,
  nameIn,
  nameLeaf,
  nameOf,
  partOf,
  stageOf,
  UNTOUCHED,
} from './purse-entry.ts'
import type { Instead, Past } from './purse-record.ts'
import { packIndex, packKept, parseIndex, parseKept } from './purse-record.ts'

const PURSE = 'purse'
/** Stands in the place of a promise that was paid, so that it cannot be paid a second time here. */
const PAID = 'paid'

/** The promises that this provider holds until they are paid, and what was paid. Kept in the store; never dropped before. */
export class Purse {
  readonly #chain: Chain
  readonly #values: Values
  readonly #nowMs: () => number
  readonly #held = new Map<string, Entry>()
  readonly #past = new Map<string, Past>()
  /** Leaves that a payment on its way takes, and until when it may arrive (ms since 1970). */
  readonly #sent = new Map<string, number>()
  /** What was paid, by token. */
  readonly #paid = new Map<Address, bigint>()
  #chainTime = 0

  private constructor(chain: Chain, values: Values, nowMs: () => number) {
    this.#chain = chain
    this.#values = values
    this.#nowMs = nowMs
  }

  /** Opens the purse of one chain. Throws `storage` or `malformed`. */
  static async open(chain: Chain, values: Values, nowMs: () => number = Date.now): Promise<Purse> {
    const purse = new Purse(chain, values, nowMs)
    const kept = await values.get(PURSE)
    if (kept === undefined) return purse
    const { paid, held, past } = parseIndex(kept)
    for (const [token, amount] of paid) purse.#paid.set(token, amount)
    for (const one of past) purse.#past.set(keyOf(one), one)
    for (const name of held) {
      const packed = await values.get(name)
      if (packed === undefined || packed === PAID) continue
      const entry = { ...parseKept(packed, name), ...UNTOUCHED }
      if (name !== nameOf(entry.held)) await values.set(nameOf(entry.held), packed) // an earlier version named no account
      purse.#held.set(nameOf(entry.held), entry)
    }
    return purse
  }

  /** What is held, in the order of epochs. */
  get entries(): readonly Entry[] {
    const epochOf = ({ held }: Entry): number => held.signed.statement.epoch
    return [...this.#held.values()].sort((a, b) => epochOf(a) - epochOf(b))
  }

  /**
   * What is promised in a job to anybody, beyond what is on chain: the totals of epochs from `epochs` on, which are not posted,
   * and what newer statements of pending ones add. `except` leaves an epoch out.
   */
  unposted(jobId: Hex, { epochs, except }: { readonly epochs: number; readonly except?: number }): bigint {
    const added = new Map<number, bigint>()
    for (const { held, epoch, isFinal } of this.#held.values()) {
      const { statement } = held.signed
      if (statement.jobId !== jobId || statement.epoch === except || isFinal) continue
      if (epoch === undefined && statement.epoch < epochs) continue // posted since the chain was asked
      const rest = statement.total - (epoch?.total ?? 0n)
      if (rest > (added.get(statement.epoch) ?? 0n)) added.set(statement.epoch, rest)
    }
    return [...added.values()].reduce((sum, rest) => sum + rest, 0n)
  }

  /** Keeps a promise that was checked, in the place of an older one of its epoch. */
  async hold(held: Held): Promise<void> {
    const name = nameOf(held)
    const known = this.#held.get(name)
    if (known !== undefined && known.held.signed.statement.seq >= held.signed.statement.seq) return
    if (known === undefined && (await this.#values.get(name)) === PAID) return
    const kept = { held, since: known?.since ?? this.#nowMs(), instead: known?.instead }
    await this.#values.set(name, packKept(kept))
    const now = this.#held.get(name)
    if (known !== undefined && now === undefined) return this.#values.set(name, PAID) // paid meanwhile
    this.#held.set(name, { ...UNTOUCHED, ...now, ...kept })
    if (known === undefined) await this.#keep()
  }

  /** Keeps what the list of a final statement gives the payee in the place of what was promised. */
  async replace(entry: Entry, instead: Instead): Promise<void> {
    const name = nameOf(entry.held)
    if (this.#held.get(name) !== entry) return
    await this.#values.set(name, packKept({ ...entry, instead }))
    const now = this.#held.get(name)
    if (now !== undefined) this.#held.set(name, { ...now, instead, paid: 'no' })
  }

  /** Asks the chain what has become of each promise. True when something changed. Throws `unreachable`. */
  async refresh(): Promise<boolean> {
    if (this.#held.size === 0) return false
    const asked = [...this.#held.values()]
    const [now, states] = await Promise.all([
      chainTime(this.#chain),
      readLeaves(
        this.#chain,
        asked.map((entry) => nameLeaf(entry.held, (leafOf(entry) ?? entry.held).leaf)),
      ),
    ])
    const before = this.#picture()
    this.#chainTime = now
    for (const [place, { epoch, paid }] of states.entries()) {
      const entry = asked[place]
      if (entry === undefined) continue
      entry.epoch = epoch
      entry.isFinal = epoch !== undefined && epoch.finalAt <= now
      entry.paid = leafOf(entry) === undefined ? 'no' : paid
    }
    await this.#close()
    return before !== this.#picture()
  }

  /** Final leaves that nobody has claimed, for which no payment is on its way. */
  claimable(): readonly ProvenLeaf[] {
    return this.entries.flatMap((entry) => {
      const own = leafOf(entry)
      if (own === undefined || stageOf(entry, this.#isSent(entry)) !== 'claimable') return []
      const { jobId, epoch } = entry.held.signed.statement
      return [{ jobId, epoch, ...own }]
    })
  }

  /** Notes that a payment of leaves was sent, which arrives until then (ms since 1970) or never. */
  noteSent(leaves: readonly Omit<ProvenLeaf, 'proof'>[], until: number): void {
    for (const { jobId, epoch, leaf } of leaves) this.#sent.set(nameIn(jobId, epoch, leaf.account), until)
  }

  /** The tokens, and the chain's coin, that anything was earned in. */
  get tokens(): ReadonlySet<Address> {
    return new Set([...this.#paid.keys(), ...this.entries.map(({ held }) => held.opening.token)])
  }

  /** Where the money of one token is, or of the chain's coin. */
  money(token: Address = ZERO_ADDRESS): Money {
    const sums = { promised: 0n, claimable: 0n, inTransit: 0n, paid: this.#paid.get(token) ?? 0n }
    for (const entry of this.#held.values()) {
      if (entry.held.opening.token !== token) continue
      const stage = stageOf(entry, this.#isSent(entry))
      if (stage !== 'void') sums[stage] += (leafOf(entry) ?? entry.held).leaf.amount
    }
    const { promised, claimable, inTransit, paid } = sums
    return {
      promised: toWei(promised),
      claimable: toWei(claimable),
      inTransit: toWei(inTransit),
      paid: toWei(paid),
    }
  }

  /** What each job pays, in parts. */
  get parts(): readonly PayPart[] {
    const past = [...this.#past.values()].map(
      ({ jobId, settled: amount }): PayPart => ({
        jobId,
        epoch: undefined,
        amount,
        stage: 'paid',
        finalAt: 0,
      }),
    )
    return [...past, ...this.entries.map((entry) => partOf(entry, this.#isSent(entry)))]
  }

  /** How much less a job gives one payee than its final epochs were promised to. */
  missing(account: Account): bigint {
    const legs = this.entries.filter(({ held }) => keyOf(accountIn(held)) === keyOf(account)).map(legOf)
    return shortfall(this.pastOf(account), legs)
  }

  /** What is over between a job and one payee. */
  pastOf(account: Account): Past {
    const nothing = { next: 0, settled: toWei(0n), compensated: toWei(0n) }
    return this.#past.get(keyOf(account)) ?? { ...account, ...nothing }
  }

  /** Notes what the bond has paid a payee in all, and how much of it arrived this time. */
  async compensate(account: Account, { all, arrived }: { readonly all: Wei; readonly arrived: Wei }) {
    if (all <= this.pastOf(account).compensated) return
    this.#past.set(keyOf(account), { ...this.pastOf(account), compensated: all })
    const own = this.entries.find(({ held }) => held.signed.statement.jobId === account.jobId)
    this.#pay(own?.held.opening.token ?? ZERO_ADDRESS, arrived)
    await this.#keep()
  }

  /** Lets go of what is over, the oldest epochs of a job first: those after it are judged by what it paid. */
  async #close(): Promise<void> {
    const waiting = new Set<string>()
    const over: string[] = []
    for (const entry of this.entries) {
      const key = keyOf(accountIn(entry.held))
      const isOver = !waiting.has(key) && this.#isOver(entry)
      if (!isOver) waiting.add(key)
      else {
        over.push(nameOf(entry.held))
        this.#fold(entry)
      }
    }
    if (over.length === 0) return
    for (const name of over) this.#held.delete(name)
    await this.#keep() // what was paid and what is held change in one write, so that no crash counts a payment twice
    for (const name of over) await this.#values.set(name, PAID)
  }

  #isOver(entry: Entry): boolean {
    const own = leafOf(entry)
    const isPaid = entry.paid === 'confirmed' || (own === undefined && isKnown(entry))
    return isPaid && (isLapsed(entry, this.#chainTime) || this.missing(accountIn(entry.held)) === 0n)
  }

  #fold(entry: Entry): void {
    const account = accountIn(entry.held)
    const past = this.pastOf(account)
    const { epoch, amount, earned, final = 0n } = legOf(entry)
    const before = epoch === past.next ? past.settled : max(past.settled, earned - amount - past.compensated)
    this.#past.set(keyOf(account), { ...past, next: epoch + 1, settled: toWei(before + final) })
    this.#pay(entry.held.opening.token, final)
  }

  #pay(token: Address, amount: bigint): void {
    this.#paid.set(token, (this.#paid.get(token) ?? 0n) + amount)
  }

  #isSent(entry: Entry): boolean {
    return (this.#sent.get(nameOf(entry.held)) ?? 0) > this.#nowMs()
  }

  #picture(): string {
    const sums = [...this.tokens].map((token) => Object.values(this.money(token)))
    return [...sums, this.#held.size].join()
  }

  async #keep(): Promise<void> {
    const past = [...this.#past.values()]
    await this.#values.set(PURSE, packIndex({ paid: this.#paid, held: [...this.#held.keys()], past }))
  }
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
