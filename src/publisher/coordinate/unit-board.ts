import type { Rule, Vote } from '../../market/judge.ts'
import { judge } from '../../market/judge.ts'
import type { Address } from '../../protocol/address.ts'
import type { Digest } from '../../protocol/bytes.ts'
import type { ExecutorKind } from '../../protocol/work/hello.ts'
import type { SignedResults } from '../../protocol/work/result.ts'
import type { UnitState } from '../state.ts'
import { UNIT_STATES } from '../state.ts'

/** A vote with who ran it, how, and the signed frame that it can be shown by. */
export type BoardVote = Vote & {
  readonly account: Address
  readonly executor: ExecutorKind
  readonly evidence: SignedResults
}

/** What a vote led to. `winners` earn, `losers` are rejected; for a disputed unit all votes are losers. */
export type Outcome = {
  readonly kind: 'waiting' | 'accepted' | 'disputed' | 'late'
  readonly output: Digest | undefined
  readonly winners: readonly BoardVote[]
  readonly losers: readonly BoardVote[]
}

/** Times are milliseconds since 1970. */
type OpinionWanted = {
  readonly waitedBefore: number
  readonly stuckBefore: number
  readonly max: number
  /** Units that the publisher has tried in vain. */
  readonly skipped?: ReadonlySet<number>
}

type Slot = {
  votes: BoardVote[]
  holders: Address[]
  failed: Address[]
  /** Payees whose results for it were not valid. */
  barred: Address[]
  output: Digest | undefined
  returnedAt: number
}

/** The states from this one on are decided. */
const DECIDED = UNIT_STATES.indexOf('accepted')

/** The units of one job: who holds them, who returned what, what is decided. No clock, no I/O. */
export class UnitBoard {
  readonly size: number
  /** The state of each unit, as the place in UNIT_STATES. */
  readonly states: Uint8Array
  readonly counts: Record<UnitState, number>
  readonly #rule: Rule
  readonly #slots: (Slot | undefined)[]
  /** Units that came back or are disagreed on: walks may have passed them while they wanted nothing. */
  readonly #again = new Set<number>()
  /** Returned or failed, undecided, and held by nobody. */
  readonly #stuck = new Set<number>()
  /** Each payee walks the units once, in order: how far it came. */
  readonly #walks = new Map<Address, number>()

  constructor(size: number, rule: Rule) {
    this.size = size
    this.states = new Uint8Array(size)
    this.#rule = rule
    this.#slots = new Array<Slot | undefined>(size).fill(undefined)
    this.counts = { open: size, leased: 0, returned: 0, accepted: 0, paid: 0, disputed: 0 }
  }

  get isDecided(): boolean {
    return this.undecided === 0
  }

  /** How many units are not decided. */
  get undecided(): number {
    return this.size - this.counts.accepted - this.counts.paid - this.counts.disputed
  }

  isUnitDecided(unit: number): boolean {
    return (this.states[unit] ?? 0) >= DECIDED
  }

  state(unit: number): UnitState {
    return UNIT_STATES[this.states[unit] ?? 0] ?? 'open'
  }

  votes(unit: number): readonly BoardVote[] {
    return this.#slots[unit]?.votes ?? []
  }

  output(unit: number): Digest | undefined {
    return this.#slots[unit]?.output
  }

  /** The decided units that a payee has had results for and lost. */
  lost(payee: Address): number[] {
    const units: number[] = []
    for (let unit = 0; unit < this.size; unit += 1) {
      if (!this.isUnitDecided(unit)) continue
      const output = this.output(unit)
      if (this.votes(unit).some((vote) => vote.payee === payee && vote.digest !== output)) units.push(unit)
    }
    return units
  }

  /** The results that show why a unit was decided as it was: one of each payee. */
  evidence(unit: number): SignedResults[] {
    return this.votes(unit)
      .slice(0, 16)
      .map((vote) => vote.evidence)
  }

  /** Hands `payee` up to `max` units that want a replica and that it has not had before; at most `maxNew` that nobody has begun. */
  take(payee: Address, max: number, maxNew = Number.POSITIVE_INFINITY): number[] {
    const taken: number[] = []
    let left = maxNew
    const take = (unit: number): void => {
      if (!this.#suits(unit, payee)) return
      if (this.state(unit) === 'open') left -= 1
      this.#hold(unit, payee, taken)
    }
    for (const unit of this.#again) {
      if (taken.length >= max) return taken
      if (left > 0 || this.state(unit) !== 'open') take(unit)
    }
    let place = this.#walks.get(payee) ?? 0
    for (; place < this.size && taken.length < max; place += 1) {
      if (left <= 0 && this.state(place) === 'open') break
      take(place)
    }
    this.#walks.set(payee, place)
    return taken
  }

  /** Hands `payee` one more replica of units that others hold for too long. */
  duplicate(payee: Address, units: readonly number[]): number[] {
    const taken: number[] = []
    for (const unit of units) {
      if (!this.#isOpenTo(unit, payee)) continue
      this.#hold(unit, payee, taken)
    }
    return taken
  }

  /** Takes a unit back from `payee`. One for whom it `failed`, or who is `barred` for a bad result, is not offered it again. */
  giveBack(unit: number, payee: Address, as?: 'failed' | 'barred'): void {
    const slot = this.#slots[unit]
    if (slot === undefined || !removeFrom(slot.holders, payee)) return
    if (as !== undefined) slot[as].push(payee)
    this.#settle(unit, slot)
    if (this.#wanted(unit) > 0) this.#again.add(unit)
  }

  /** Counts a vote and decides. A vote after the decision is `late`: it wins when it is equal. */
  vote(unit: number, vote: BoardVote, nowMs = 0): Outcome {
    const slot = this.#slot(unit)
    removeFrom(slot.holders, vote.payee)
    const wasDecided = this.isUnitDecided(unit)
    slot.votes.push(vote)
    slot.returnedAt = nowMs
    if (wasDecided) return outcome('late', slot.output, [vote])
    const verdict = judge(slot.votes, this.#rule)
    if (verdict.kind === 'waiting') {
      this.#settle(unit, slot)
      if (slot.votes.length > 1 && this.#wanted(unit) > 0) this.#again.add(unit)
      return { kind: 'waiting', output: undefined, winners: [], losers: [] }
    }
    if (verdict.kind === 'accepted') slot.output = verdict.output
    this.#decide(unit, verdict.kind)
    return outcome(verdict.kind, slot.output, slot.votes)
  }

  /** Blames the kernel for an undecided unit that nobody can run. */
  dispute(unit: number): Outcome {
    const slot = this.#slot(unit)
    this.#decide(unit, 'disputed')
    return outcome('disputed', undefined, slot.votes)
  }

  /** Marks an accepted unit as paid. */
  pay(unit: number): void {
    if (this.state(unit) === 'accepted') this.#enter(unit, 'paid')
  }

  /**
   * Up to `max` units that only the publisher itself can move on: tried, undecided, held by nobody, waiting since before
   * `waitedBefore`, and each of `payees` has had them; or returned before `stuckBefore`, whoever is there.
   */
  needOpinion(
    payees: readonly Address[],
    { waitedBefore, stuckBefore, max, skipped }: OpinionWanted,
  ): number[] {
    const units: number[] = []
    for (const unit of this.#stuck) {
      if (units.length >= max) break
      const slot = this.#slots[unit]
      if (slot === undefined || skipped?.has(unit) || slot.votes.some((vote) => vote.isOwn)) continue
      const isLeft = slot.returnedAt < waitedBefore && payees.every((payee) => !this.#isOpenTo(unit, payee))
      const isStuck = slot.votes.length > 0 && slot.returnedAt < stuckBefore
      if (isLeft || isStuck) units.push(unit)
    }
    return units
  }

  #wanted(unit: number): number {
    const slot = this.#slots[unit]
    if (slot === undefined) return this.#rule.quorum
    if (this.isUnitDecided(unit)) return 0
    const verdict = judge(slot.votes, this.#rule)
    return verdict.kind === 'waiting' ? verdict.missing - slot.holders.length : 0
  }

  #suits(unit: number, payee: Address): boolean {
    return this.#isOpenTo(unit, payee) && this.#wanted(unit) > 0
  }

  #isOpenTo(unit: number, payee: Address): boolean {
    const slot = this.#slots[unit]
    if (slot === undefined) return true
    if (this.isUnitDecided(unit)) return false
    const has = slot.votes.some((vote) => vote.payee === payee)
    return !has && ![slot.holders, slot.failed, slot.barred].some((list) => list.includes(payee))
  }

  #hold(unit: number, payee: Address, taken: number[]): void {
    const slot = this.#slot(unit)
    slot.holders.push(payee)
    taken.push(unit)
    this.#settle(unit, slot)
  }

  /** Brings state and waiting lists in line with votes and holders of an undecided unit. */
  #settle(unit: number, slot: Slot): void {
    if (this.isUnitDecided(unit)) return
    this.#enter(unit, slot.votes.length > 0 ? 'returned' : slot.holders.length > 0 ? 'leased' : 'open')
    if (this.#wanted(unit) <= 0) this.#again.delete(unit)
    const isTried = slot.votes.length + slot.failed.length + slot.barred.length > 0
    if (isTried && slot.holders.length === 0) this.#stuck.add(unit)
    else this.#stuck.delete(unit)
  }

  #decide(unit: number, state: 'accepted' | 'disputed'): void {
    this.#enter(unit, state)
    this.#again.delete(unit)
    this.#stuck.delete(unit)
  }

  #enter(unit: number, state: UnitState): void {
    this.counts[this.state(unit)] -= 1
    this.counts[state] += 1
    this.states[unit] = UNIT_STATES.indexOf(state)
  }

  #slot(unit: number): Slot {
    const slot = this.#slots[unit] ?? {
      votes: [],
      holders: [],
      failed: [],
      barred: [],
      output: undefined,
      returnedAt: 0,
    }
    this.#slots[unit] = slot
    return slot
  }
}

function outcome(kind: Outcome['kind'], output: Digest | undefined, votes: readonly BoardVote[]): Outcome {
  return {
    kind,
    output,
    winners: votes.filter((vote) => vote.digest === output),
    losers: votes.filter((vote) => vote.digest !== output),
  }
}

function removeFrom(list: Address[], entry: Address): boolean {
  const place = list.indexOf(entry)
  if (place >= 0) list.splice(place, 1)
  return place >= 0
}
