import { afterAll, beforeEach, expect, test } from 'vitest'
import { balanceOf } from '../../../chain/chain.ts'
import { answer, challenge } from '../../../chain/escrow/disputes.ts'
import { post } from '../../../chain/escrow/epochs.ts'
import { beginClose } from '../../../chain/escrow/jobs.ts'
import { claim } from '../../../chain/escrow/payouts.ts'
import { readDispute, readEpoch } from '../../../chain/escrow/read-escrow.ts'
import type { Pay } from '../../../chain/escrow/test-job.ts'
import { someone, startStage, treeOf, warp } from '../../../chain/escrow/test-job.ts'
import { fund } from '../../../chain/faucet.ts'
import type { Relayers } from '../../../p2p/relayer/relayers.ts'
import { accountOf, makeKey } from '../../../protocol/account.ts'
import type { Opening } from '../../../protocol/escrow/opening.ts'
import { jobIdOf } from '../../../protocol/escrow/opening.ts'
import { testTerms } from '../../../protocol/escrow/test-opening.ts'
import { Failure } from '../../../protocol/failure.ts'
import type { Statement } from '../../../protocol/statement/statement.ts'
import type { Leaf, SumTree } from '../../../protocol/statement/sum-tree.ts'
import { proofOf } from '../../../protocol/statement/sum-tree.ts'
import { toWei } from '../../../protocol/wei.ts'
import { openMemoryStore } from '../../../store/memory-store.ts'
import type { Held } from '../check-promise.ts'
import { Purse } from '../purse.ts'
import { TokenBook } from '../token-book.ts'
import type { GuardEvent } from './guard.ts'
import { Guard } from './guard.ts'
import { MoveLog } from './move-log.ts'
import type { Move } from './send-move.ts'
import { sendMove } from './send-move.ts'

const { chain, publisher, settler, stop, domain, open, sign } = await startStage()
/** Pays the gas, so that the payee's balance tells what the bond paid. */
const key = makeKey()
const account = someone()
await fund(chain, accountOf(key), toWei(10n ** 18n))
const TERMS = testTerms({ postDelay: 100, challengeDelay: 1_000, closeDelay: 100 })
const BOND = toWei(2_000n)
const none: Relayers = {
  quote: () => Promise.reject(new Failure('unreachable', 'no relay')),
  send: () => Promise.reject(new Failure('unreachable', 'no relay')),
}

afterAll(() => stop())

/** A guard of a purse of its own, with lists that a test puts in. */
class Scene {
  readonly lists: (readonly Leaf[])[] = []
  readonly events: GuardEvent[] = []
  readonly moves: Move['kind'][] = []
  readonly values = openMemoryStore().values
  readonly purse: Purse
  readonly guard: Guard
  nowMs = 1_000_000
  awayMs = 0
  isBroke = false

  constructor(purse: Purse) {
    this.purse = purse
    this.guard = this.restart()
  }

  restart(): Guard {
    return new Guard({
      ...{ chain, purse: this.purse, log: new MoveLog(this.values) },
      tokens: new TokenBook({ chain, chainId: 31337, nowMs: Date.now }),
      pace: { postMs: 60_000, awayMs: 30_000, againMs: 10_000 },
      fetchLeaves: async ({ root }: Statement) => {
        const found = this.lists.find((leaves) => rootOfLeaves(leaves) === root)
        if (found === undefined) throw new Failure('unreachable', 'nobody has it')
        return found
      },
      send: (move) => {
        this.moves.push(move.kind)
        if (this.isBroke) return Promise.reject(new Failure('refused', 'no gas'))
        return sendMove({ chain, domain, relayers: none, key, isFree: true }, move)
      },
      awayMs: () => this.awayMs,
      report: (event) => void this.events.push(event),
      nowMs: () => this.nowMs,
    })
  }

  /** One look at the chain, with all that follows from it. */
  async look(guard = this.guard): Promise<void> {
    await this.purse.refresh()
    await guard.watch()
    await guard.rest()
    await this.purse.refresh()
  }

  get told(): string[] {
    return this.events.map(({ kind }) => kind)
  }
}

function rootOfLeaves(leaves: readonly Leaf[]): string {
  return sign(
    `0x${'0'.repeat(64)}`,
    treeOf(leaves.map(({ account: of, amount, earned }) => [of, amount, earned])),
  ).statement.root
}

let scene: Scene
beforeEach(async () => {
  scene = new Scene(await Purse.open(chain, openMemoryStore().values, () => scene.nowMs))
})

function heldIn(opening: Opening, tree: SumTree, change: Partial<Statement> = {}): Held {
  const leaf = tree.leaves.find((one) => one.account === account)
  if (leaf === undefined) throw new Error('no own leaf')
  const signed = sign(jobIdOf(opening, domain), tree, change)
  return { signed, leaf, proof: proofOf(tree, leaf.index), opening }
}

async function begin(payments: readonly Pay[] = [[account, 500n]], change: Partial<Statement> = {}) {
  const { jobId, opening } = await open({ bond: BOND, terms: TERMS })
  const held = heldIn(opening, treeOf(payments), change)
  await scene.purse.hold(held)
  return { jobId, opening, held }
}

test('a promise that its settler does not post in time is posted once, and then left alone', async () => {
  const { jobId, held } = await begin()
  await scene.look()
  expect(scene.moves).toEqual([])
  scene.nowMs += 60_000
  await scene.look()
  expect(await readEpoch(chain, { jobId, epoch: 0 })).toMatchObject({ root: held.signed.statement.root })
  await scene.look()
  await scene.look(scene.restart())
  expect(scene.moves).toEqual(['post'])
  expect(scene.told).toEqual(['posted'])
  expect(scene.purse.money()).toMatchObject({ promised: 0n, claimable: 500n })
})

test('a promise of a publisher that is gone, or whose job closes, is posted', async () => {
  const one = await begin()
  scene.awayMs = 30_000
  await scene.look()
  expect(await readEpoch(chain, { jobId: one.jobId, epoch: 0 })).toBeDefined()
  scene.awayMs = 0
  const two = await begin()
  await beginClose(chain, publisher, two.opening)
  await scene.look()
  expect(await readEpoch(chain, { jobId: two.jobId, epoch: 0 })).toBeUndefined()
  await warp(chain, 60)
  await scene.look()
  expect(await readEpoch(chain, { jobId: two.jobId, epoch: 0 })).toBeDefined()
  expect(scene.events.at(-1)?.text).toBe('Epoch 0 was posted from here: the job closes')
})

test('an older statement that a stranger posted is replaced by the newest before it is final', async () => {
  const { jobId, opening, held } = await begin([[account, 500n]], { seq: 7 })
  await post(chain, publisher, {
    opening,
    signed: sign(jobId, treeOf([[account, 20n]]), { seq: 3, isLast: false }),
  })
  await scene.look()
  expect(scene.moves).toEqual([])
  expect(scene.purse.unposted(jobId, { epochs: 1 })).toBe(480n)
  await warp(chain, 60)
  await scene.look()
  expect(await readEpoch(chain, { jobId, epoch: 0 })).toMatchObject({
    seq: 7,
    root: held.signed.statement.root,
  })
})

test('after a stale post what it pays is claimable and the next promise brings the rest: nobody is challenged', async () => {
  const { jobId, opening } = await begin([[account, 500n]], { seq: 7 })
  const stale = treeOf([
    [someone(), 1n],
    [account, 20n],
  ])
  await post(chain, publisher, { opening, signed: sign(jobId, stale, { seq: 3 }) })
  scene.lists.push(stale.leaves)
  await scene.look()
  expect(scene.purse.money()).toEqual({ promised: 0n, claimable: 20n, inTransit: 0n, paid: 0n })
  const [own] = scene.purse.claimable()
  await scene.purse.hold(heldIn(opening, treeOf([[account, 490n, 510n]]), { epoch: 1 }))
  expect(scene.purse.money()).toMatchObject({ promised: 490n, claimable: 20n })
  await warp(chain, 600)
  await scene.look()
  expect(scene.moves).toEqual([])
  if (own === undefined) throw new Error('nothing is claimable')
  await claim(chain, settler, own)
  await scene.purse.refresh()
  expect(scene.purse.money()).toEqual({ promised: 490n, claimable: 0n, inTransit: 0n, paid: 20n })
  expect(scene.purse.entries.length).toBe(1)
})

test('what a stale post lacks is challenged when half of the time has passed and no promise brings it', async () => {
  const { jobId, opening } = await begin([[account, 500n]], { seq: 7 })
  const stale = treeOf([[account, 20n]])
  await post(chain, publisher, { opening, signed: sign(jobId, stale, { seq: 3 }) })
  scene.lists.push(stale.leaves)
  await scene.look()
  expect(scene.moves).toEqual([])
  await warp(chain, 501)
  await scene.look()
  await scene.look()
  expect(scene.moves).toEqual(['challenge'])
  expect(await readDispute(chain, jobId, account)).toMatchObject({ promised: 500n })
})

test('another tree in the place of the promise: challenged at once, resolved, and the bond pays what is missing', async () => {
  const { jobId, opening } = await begin()
  await post(chain, settler, { opening, signed: sign(jobId, treeOf([[someone(), 700n]])) })
  await scene.look()
  await scene.look(scene.restart())
  expect(scene.moves).toEqual(['challenge'])
  expect(scene.purse.money()).toMatchObject({ promised: 500n, paid: 0n })
  await warp(chain, 1_001)
  const before = await balanceOf(chain, account)
  await scene.look()
  expect(scene.moves).toEqual(['challenge', 'resolve'])
  expect((await balanceOf(chain, account)) - before).toBe(500n)
  await scene.look()
  expect(scene.purse.money()).toEqual({ promised: 0n, claimable: 0n, inTransit: 0n, paid: 500n })
  expect(scene.purse.entries).toEqual([])
  expect(scene.told.filter((kind) => kind !== 'trouble')).toEqual(['challenged', 'challenged', 'compensated'])
  expect(scene.events.at(-1)?.text).toBe(
    'The settler broke its promise: the bond paid 0.0000000000000005 ETH',
  )
})

test('a challenge that somebody else has made, and one that was answered, is not made again', async () => {
  const { jobId, opening, held } = await begin()
  const better = treeOf([[account, 600n]])
  const [leaf] = better.leaves
  if (leaf === undefined) throw new Error('no leaf')
  await post(chain, settler, { opening, signed: sign(jobId, better, { seq: 9 }) })
  await warp(chain, 501)
  await challenge(chain, publisher, held)
  await scene.look()
  await answer(chain, settler, {
    jobId,
    account,
    leaves: [{ jobId, epoch: 0, leaf, proof: proofOf(better, 0) }],
  })
  await scene.look()
  expect(scene.moves).toEqual([])
  scene.lists.push(better.leaves)
  scene.nowMs += 10_000
  await scene.look()
  expect(scene.purse.money()).toMatchObject({ promised: 0n, claimable: 600n })
})

test('what cannot be sent is told and tried again', async () => {
  const { opening, jobId } = await begin()
  await post(chain, settler, { opening, signed: sign(jobId, treeOf([[someone(), 700n]])) })
  scene.isBroke = true
  await scene.look()
  expect(scene.events).toContainEqual({ kind: 'trouble', jobId, text: 'challenge: no gas' })
  scene.isBroke = false
  await scene.look()
  expect(scene.told.at(-1)).toBe('challenged')
})
