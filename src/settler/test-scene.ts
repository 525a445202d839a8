import { expect } from 'vitest'
import { accountOf, makeKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { testOpening, testTerms } from '../protocol/escrow/test-opening.ts'
import { Failure } from '../protocol/failure.ts'
import type { SignedStatement } from '../protocol/statement/statement.ts'
import { statementSigner } from '../protocol/statement/statement.ts'
import type { Leaf } from '../protocol/statement/sum-tree.ts'
import { checkProof } from '../protocol/statement/sum-tree.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import { openMemoryStore } from '../store/memory-store.ts'
import { parseRecord } from '../store/record.ts'
import type { Journal } from '../store/store.ts'
import { Book } from './book.ts'
import type { Claims, Due, EscrowPort, Posted } from './escrow-port.ts'
import type { SettlerPorts } from './settle.ts'
import { Settler } from './settle.ts'
import type { SettlerEvent } from './settler-event.ts'
import { replaySettler } from './settler-record.ts'

const JOB: Hex = `0x${'7'.repeat(64)}`
export const TX: Hex = `0x${'e'.repeat(64)}`
const BUDGET = toWei(10_000n)
const BOND = toWei(1_000n)
const DOMAIN = { chainId: 31337, escrow: ZERO_ADDRESS }
const key = makeKey()
export const payee = (n: number): Address => `0x${String(n).padStart(40, '0')}` as Address

/** An escrow that keeps its rules: epochs in order, one leaf paid once, nothing before it is final. */
class StubEscrow implements EscrowPort {
  readonly epochs: { signed: SignedStatement; isFinal: boolean; paid: Map<number, Wei> }[] = []
  readonly log: string[] = []
  readonly balances = new Map<Address, bigint>()
  readonly refusers = new Set<Address>()
  readonly credits = new Map<Address, bigint>()
  isReachable = true
  isInstant = true
  /** How long what is posted can be replaced. */
  leftSeconds = 1
  cost = toWei(1_000_000n)

  async post(signed: SignedStatement): Promise<Hex> {
    this.#reach()
    const { epoch, seq, isLast } = signed.statement
    if (epoch > this.epochs.length) throw new Failure('reverted', 'WrongEpoch')
    if (this.epochs[epoch]?.isFinal === true) throw new Failure('reverted', 'TooLate')
    if ((this.epochs[epoch]?.signed.statement.seq ?? 0) >= seq) throw new Failure('reverted', 'StaleSeq')
    this.epochs[epoch] = { signed, isFinal: this.isInstant && isLast, paid: new Map() }
    this.log.push(`post ${epoch}.${seq}`)
    return TX
  }

  async claim(number: number, leaves: readonly Due[]): ReturnType<EscrowPort['claim']> {
    this.#reach()
    const epoch = this.epochs[number]
    if (epoch?.isFinal !== true) throw new Failure('reverted', 'NotFinal')
    const due = leaves.filter(({ leaf }) => !epoch.paid.has(leaf.index))
    for (const { leaf, proof } of due) checkProof(leaf, proof, epoch.signed.statement)
    for (const { leaf } of due) this.#pay(epoch.paid, leaf)
    this.log.push(`claim ${number}: ${due.map(({ leaf }) => leaf.index).join()}`)
    const credited = due.map(({ leaf }) => leaf.account).filter((account) => this.refusers.has(account))
    return { transaction: TX, credited }
  }

  async posted(number: number): Promise<Posted | undefined> {
    this.#reach()
    const epoch = this.epochs[number]
    if (epoch === undefined) return undefined
    const { seq, root, total } = epoch.signed.statement
    const claimed = toWei([...epoch.paid.values()].reduce((sum, amount) => sum + amount, 0n))
    return { seq, root, total, claimed, leftSeconds: epoch.isFinal ? 0 : this.leftSeconds }
  }

  async postCost(): Promise<Wei> {
    this.#reach()
    return this.cost
  }

  async areClaimed(number: number, indexes: readonly number[]): Promise<boolean[]> {
    this.#reach()
    return indexes.map((index) => this.epochs[number]?.paid.has(index) === true)
  }

  #pay(paid: Map<number, Wei>, { index, account, amount }: Leaf): void {
    paid.set(index, amount)
    const books = this.refusers.has(account) ? this.credits : this.balances
    books.set(account, (books.get(account) ?? 0n) + amount)
  }

  #reach(): void {
    if (!this.isReachable) throw new Failure('unreachable', 'the chain does not answer')
  }
}

/** Everything a settler touches; `restart` makes a new settler from what is on disk. */
export class Scene {
  readonly escrow = new StubEscrow()
  readonly store = openMemoryStore()
  readonly events: SettlerEvent[] = []
  readonly log: string[] = []
  readonly statements: SignedStatement[] = []
  /** The payees that were told of each statement. */
  readonly told: number[][] = []
  readonly payees = new Map<Address, Wei>()
  isEnd = false
  postDelay = 1
  claims: Claims = 'all'
  nowMs = 0
  turns = 0
  onTurn: () => void = () => undefined
  /** Called before and after each append with the kind of the record; what it throws is a power cut. */
  onAppend: (kind: string, when: 'before' | 'after') => void = () => undefined
  book = new Book(JOB, BUDGET)

  get journal(): Journal {
    return this.store.journal('settler')
  }

  earn(n: number, total: bigint): void {
    this.payees.set(payee(n), toWei(total))
  }

  async restart(): Promise<Settler> {
    this.book = new Book(JOB, BUDGET)
    await replaySettler(this.journal, this.book)
    return this.settler()
  }

  settler(): Settler {
    const terms = testTerms({ postDelay: this.postDelay })
    const opening = testOpening({ budget: BUDGET, bond: BOND, terms })
    const thrift = { minAgeMs: 10_000, maxAgeMs: 60_000, costMultiple: 50n }
    const options = { book: this.book, domain: DOMAIN, key, opening, thrift, claims: this.claims }
    return new Settler(this.#ports(), options)
  }

  /** Runs until everything is settled, at most 50 turns. */
  async run(settler = this.settler()): Promise<void> {
    const end = new AbortController()
    this.turns = 0
    const onTurn = this.onTurn
    this.onTurn = () => {
      onTurn()
      if (this.turns >= 50) end.abort()
    }
    await settler.run(end.signal)
    this.onTurn = onTurn
    if (end.signal.aborted) throw new Error('it did not come to an end in 50 turns')
  }

  #ports(): SettlerPorts {
    return {
      earned: () => ({ payees: new Map(this.payees), units: 1, verdicts: JOB, isEnd: this.isEnd }),
      deliver: (promiseTo) => {
        const promised = [...this.payees.keys()].flatMap((payee) => promiseTo(payee) ?? [])
        for (const { signed, leaf, proof } of promised) {
          expect(statementSigner(signed, DOMAIN)).toBe(accountOf(key))
          checkProof(leaf, proof, signed.statement)
        }
        const [first] = promised
        if (first === undefined) return
        this.statements.push(first.signed)
        this.told.push(promised.map(({ leaf }) => Number(leaf.account)))
        this.log.push(`deliver ${first.signed.statement.epoch}.${first.signed.statement.seq}`)
      },
      report: (event) => {
        this.events.push(event)
      },
      journal: {
        append: async (record, options) => {
          const { kind } = parseRecord(record)
          this.onAppend(kind, 'before')
          await this.journal.append(record)
          this.log.push(`${kind}${options?.strict === true ? ' strict' : ''}`)
          this.onAppend(kind, 'after')
        },
        read: () => this.journal.read(),
      },
      escrow: this.escrow,
      nowMs: () => this.nowMs,
      turn: async () => {
        this.turns += 1
        this.onTurn()
        await new Promise((resolve) => setImmediate(resolve))
      },
    }
  }
}
