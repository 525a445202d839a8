import { describe, expect, test } from 'vitest'
import { accountOf, makeKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import type { SignedStatement } from '../protocol/statement.ts'
import { statementSigner } from '../protocol/statement.ts'
import type { Leaf } from '../protocol/sum-tree.ts'
import { checkProof } from '../protocol/sum-tree.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import { openMemoryStore } from '../store/memory-store.ts'
import { parseRecord } from '../store/record.ts'
import type { Journal } from '../store/store.ts'
import { Book } from './book.ts'
import type { EscrowPort, Promised, SettlerEvent, SettlerPorts } from './settle.ts'
import { Settler } from './settle.ts'
import { replaySettler } from './settler-record.ts'

const JOB: Hex = `0x${'7'.repeat(64)}`
const TX: Hex = `0x${'e'.repeat(64)}`
const BUDGET = toWei(10_000n)
const BOND = toWei(1_000n)
const DOMAIN = { chainId: 31337, escrow: ZERO_ADDRESS }
const key = makeKey()
const payee = (n: number): Address => `0x${String(n).padStart(40, '0')}` as Address

/** An escrow that keeps its rules: epochs in order, one leaf paid once, nothing before it is final. */
class StubEscrow implements EscrowPort {
  readonly epochs: { signed: SignedStatement; isFinal: boolean; paid: Map<number, Wei> }[] = []
  readonly log: string[] = []
  readonly balances = new Map<Address, bigint>()
  readonly refusers = new Set<Address>()
  isReachable = true
  isInstant = true

  async post(signed: SignedStatement): Promise<Hex> {
    this.#reach()
    const { epoch, seq, isLast } = signed.statement
    if (epoch > this.epochs.length) throw new Failure('reverted', 'WrongEpoch')
    if ((this.epochs[epoch]?.signed.statement.seq ?? 0) >= seq) throw new Failure('reverted', 'StaleSeq')
    this.epochs[epoch] = { signed, isFinal: this.isInstant && isLast, paid: new Map() }
    this.log.push(`post ${epoch}.${seq}`)
    return TX
  }

  async claim(number: number, leaves: readonly Omit<Promised, 'signed'>[]): Promise<Hex> {
    this.#reach()
    const epoch = this.epochs[number]
    if (epoch?.isFinal !== true) throw new Failure('reverted', 'NotFinal')
    const due = leaves.filter(({ leaf }) => !epoch.paid.has(leaf.index))
    for (const { leaf, proof } of due) checkProof(leaf, proof, epoch.signed.statement)
    if (due.some(({ leaf }) => this.refusers.has(leaf.account)))
      throw new Failure('reverted', 'claimMany was refused by the contract')
    for (const { leaf } of due) this.#pay(epoch.paid, leaf)
    this.log.push(`claim ${number}: ${due.map(({ leaf }) => leaf.index).join()}`)
    return TX
  }

  async posted(number: number): Promise<{ seq: number; isFinal: boolean } | undefined> {
    this.#reach()
    const epoch = this.epochs[number]
    return epoch === undefined ? undefined : { seq: epoch.signed.statement.seq, isFinal: epoch.isFinal }
  }

  async isClaimed(number: number, index: number): Promise<boolean> {
    this.#reach()
    return this.epochs[number]?.paid.has(index) === true
  }

  #pay(paid: Map<number, Wei>, { index, account, amount }: Leaf): void {
    paid.set(index, amount)
    this.balances.set(account, (this.balances.get(account) ?? 0n) + amount)
  }

  #reach(): void {
    if (!this.isReachable) throw new Failure('unreachable', 'the chain does not answer')
  }
}

/** Everything a settler touches; `restart` makes a new settler from what is on disk. */
class Scene {
  readonly escrow = new StubEscrow()
  readonly store = openMemoryStore()
  readonly events: SettlerEvent[] = []
  readonly log: string[] = []
  readonly statements: SignedStatement[] = []
  readonly payees = new Map<Address, Wei>()
  isEnd = false
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
    const options = { book: this.book, domain: DOMAIN, key, bond: BOND, maxEpochMs: 60_000 }
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
      deliver: (promised) => {
        for (const { signed, leaf, proof } of promised) {
          expect(statementSigner(signed, DOMAIN)).toBe(accountOf(key))
          checkProof(leaf, proof, signed.statement)
        }
        const [first] = promised
        if (first === undefined) return
        this.statements.push(first.signed)
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

test('a statement is on disk before it leaves', async () => {
  const scene = new Scene()
  scene.earn(1, 10n)
  scene.isEnd = true
  await scene.run()
  expect(scene.log).toEqual(['statement strict', 'deliver 0.1', 'posted', 'claimed'])
})

test('nothing earned is nothing to do', async () => {
  const scene = new Scene()
  scene.isEnd = true
  await scene.run()
  expect(scene.log).toEqual([])
  expect(scene.turns).toBe(0)
})

test('an epoch is posted at a quarter of the bond, not before', async () => {
  const scene = new Scene()
  scene.earn(1, 249n)
  scene.onTurn = () => {
    if (scene.turns === 2) expect(scene.escrow.log).toEqual([])
    if (scene.turns === 2) scene.earn(1, 250n)
    if (scene.turns === 5) expect(scene.escrow.log).toEqual(['post 0.2', 'claim 0: 0'])
    if (scene.turns === 5) scene.isEnd = true
  }
  await scene.run()
  expect(scene.escrow.balances.get(payee(1))).toBe(250n)
})

test('an epoch is posted when it has gone on for long, counted from its first wei', async () => {
  const scene = new Scene()
  scene.onTurn = () => {
    if (scene.turns === 1) scene.nowMs = 100_000
    if (scene.turns === 3) scene.earn(1, 1n)
    if (scene.turns === 5) {
      expect(scene.escrow.log).toEqual([])
      scene.nowMs = 160_000
    }
    if (scene.turns === 8) {
      expect(scene.escrow.log).toEqual(['post 0.2', 'claim 0: 0'])
      scene.isEnd = true
    }
  }
  await scene.run()
})

test('what is earned over many epochs is paid to the wei, each leaf once', async () => {
  const scene = new Scene()
  scene.onTurn = () => {
    for (let n = 1; n <= 5; n += 1) scene.earn(n, BigInt(scene.turns * n * 13))
    scene.isEnd = scene.turns === 20
  }
  await scene.run()
  for (let n = 1; n <= 5; n += 1) expect(scene.escrow.balances.get(payee(n))).toBe(BigInt(20 * n * 13))
  expect(scene.escrow.epochs.length).toBeGreaterThan(5)
})

test('statements go on while the chain does not answer, and all is paid when it does again', async () => {
  const scene = new Scene()
  scene.escrow.isReachable = false
  scene.onTurn = () => {
    if (scene.turns <= 6) scene.earn(1, BigInt(scene.turns) * 100n)
    if (scene.turns === 8) {
      expect(scene.statements.at(-1)?.statement.epoch).toBeGreaterThan(0)
      expect(scene.events.some((event) => event.kind === 'trouble')).toBe(true)
      scene.escrow.isReachable = true
      scene.isEnd = true
    }
  }
  await scene.run()
  expect(scene.escrow.balances.get(payee(1))).toBe(600n)
})

test('statements do not wait for a transaction that takes long', async () => {
  const scene = new Scene()
  let confirm: () => void = () => undefined
  const post = scene.escrow.post.bind(scene.escrow)
  scene.escrow.post = async (signed) => {
    await new Promise<void>((resolve) => {
      confirm = resolve
    })
    return post(signed)
  }
  scene.earn(1, 300n)
  scene.onTurn = () => {
    scene.earn(2, BigInt(scene.turns))
    if (scene.turns !== 5) return
    expect(scene.statements.map(({ statement }) => statement.epoch)).toContain(1)
    scene.escrow.post = post
    scene.isEnd = true
    confirm()
  }
  await scene.run()
  expect([...scene.escrow.balances.values()]).toEqual([300n, 5n])
})

test('what is not yet final is claimed when it is', async () => {
  const scene = new Scene()
  scene.escrow.isInstant = false
  scene.earn(1, 10n)
  scene.isEnd = true
  scene.onTurn = () => {
    if (scene.turns === 3) expect(scene.escrow.balances.size).toBe(0)
    const [epoch] = scene.escrow.epochs
    if (scene.turns === 4 && epoch !== undefined) epoch.isFinal = true
  }
  await scene.run()
  expect(scene.escrow.balances.get(payee(1))).toBe(10n)
})

test('120 payees are paid in batches, in one go', async () => {
  const scene = new Scene()
  for (let n = 1; n <= 120; n += 1) scene.earn(n, BigInt(n))
  scene.isEnd = true
  await scene.run()
  expect(scene.escrow.log.filter((line) => line.startsWith('claim'))).toHaveLength(3)
  expect(scene.turns).toBe(0)
  expect(scene.escrow.balances.get(payee(120))).toBe(120n)
})

test('a payee that takes no coins stops nobody else, and the settler comes to its end', async () => {
  const scene = new Scene()
  for (const n of [1, 2, 3]) scene.earn(n, 10n)
  scene.escrow.refusers.add(payee(2))
  scene.isEnd = true
  await scene.run()
  expect([...scene.escrow.balances]).toEqual([
    [payee(1), 10n],
    [payee(3), 10n],
  ])
  const refusals = scene.events.filter((event) => event.kind === 'unpayable')
  expect(refusals.map((event) => event.kind === 'unpayable' && event.leaf.account)).toEqual([payee(2)])
  scene.escrow.refusers.clear()
  await scene.run(await scene.restart())
  expect(scene.escrow.balances.get(payee(2))).toBe(10n)
})

test('a claim that is refused because it came too early is made again', async () => {
  const scene = new Scene()
  scene.earn(1, 10n)
  scene.isEnd = true
  const { claim } = scene.escrow
  scene.escrow.claim = async (number, leaves) => {
    if (scene.turns === 0) throw new Failure('reverted', 'NotFinal')
    return claim.call(scene.escrow, number, leaves)
  }
  await scene.run()
  expect(scene.events.map((event) => event.kind)).toEqual(['promised', 'posted', 'trouble', 'claimed'])
})

test('leaves that others claimed are counted as paid, without a transaction of ours', async () => {
  const scene = new Scene()
  scene.earn(1, 10n)
  scene.earn(2, 20n)
  scene.isEnd = true
  const { post } = scene.escrow
  scene.escrow.post = async (signed) => {
    const hash = await post.call(scene.escrow, signed)
    scene.escrow.epochs[0]?.paid.set(0, toWei(10n))
    return hash
  }
  await scene.run()
  const claims = scene.events.flatMap((event) => (event.kind === 'claimed' ? [event] : []))
  expect(claims.map(({ leaves, transaction }) => [leaves.length, transaction])).toEqual([
    [1, undefined],
    [1, TX],
  ])
  expect(scene.escrow.balances.has(payee(1))).toBe(false)
})

test('a provider that comes back is told what is promised and not yet paid', async () => {
  const scene = new Scene()
  scene.escrow.isInstant = false
  scene.earn(1, 300n)
  const settler = scene.settler()
  const end = new AbortController()
  scene.onTurn = () => {
    if (scene.turns === 2) scene.earn(1, 310n)
    if (scene.turns === 4) end.abort()
  }
  await settler.run(end.signal)
  expect(settler.promisedTo(payee(1)).map(({ leaf }) => leaf.amount)).toEqual([300n, 10n])
  expect(settler.promisedTo(payee(2))).toEqual([])
})

test('an error that is no failure of the chain ends the settler: it is a bug', async () => {
  const scene = new Scene()
  scene.earn(1, 10n)
  scene.isEnd = true
  scene.escrow.post = () => Promise.reject(new TypeError('a bug'))
  await expect(scene.run()).rejects.toThrow('a bug')
})

describe('a crash at any point is made good by a new settler', () => {
  const points = ['statement', 'posted', 'claimed'].flatMap((kind) =>
    (['before', 'after'] as const).flatMap((when) => [1, 2].map((nth) => ({ kind, when, nth }))),
  )
  test.each(points)('$when the $nth. record "$kind"', async ({ kind, when, nth }) => {
    const scene = new Scene()
    let seen = 0
    scene.earn(1, 300n)
    scene.earn(2, 40n)
    scene.onTurn = () => {
      if (scene.turns === 3) scene.earn(2, 90n)
      scene.isEnd = scene.turns >= 4
    }
    scene.onAppend = (found, moment) => {
      if (found === kind && moment === when) seen += 1
      if (seen === nth) throw new Error('power cut')
    }
    await expect(scene.run()).rejects.toThrow('power cut')
    scene.onAppend = () => undefined
    scene.earn(2, 90n)
    scene.isEnd = true
    await scene.run(await scene.restart())

    expect(scene.escrow.balances).toEqual(
      new Map([
        [payee(1), 300n],
        [payee(2), 90n],
      ]),
    )
    const truths = new Map<string, string>()
    for (const { statement, signature } of scene.statements) {
      const name = `${statement.epoch}.${statement.seq}`
      expect(truths.get(name) ?? signature.join()).toBe(signature.join())
      truths.set(name, signature.join())
    }
    expect(new Set(scene.escrow.log).size).toBe(scene.escrow.log.length)
  })
})
