import { afterAll, expect, test, vi } from 'vitest'
import { balanceOf } from '../chain/chain.ts'
import { challenge } from '../chain/escrow/disputes.ts'
import { force, post } from '../chain/escrow/epochs.ts'
import { claimMany } from '../chain/escrow/payouts.ts'
import { readDispute, readEpoch, readJob } from '../chain/escrow/read-escrow.ts'
import { ask, someone, startStage, treeOf, warp } from '../chain/escrow/test-job.ts'
import { sampleJob } from '../kernels/sample.ts'
import type { PrivateKey } from '../protocol/account.ts'
import { accountOf, makeKey, signHash } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import { FIRST_FORCED, hashForced } from '../protocol/escrow/forced.ts'
import type { Terms } from '../protocol/escrow/opening.ts'
import { jobIdOf } from '../protocol/escrow/opening.ts'
import { testOpening, testTerms } from '../protocol/escrow/test-opening.ts'
import { rootOf } from '../protocol/statement/sum-tree.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import { Book } from '../settler/book.ts'
import type { Claims } from '../settler/escrow-port.ts'
import type { Promised, PromiseTo } from '../settler/settle.ts'
import { Settler } from '../settler/settle.ts'
import type { SettlerEvent } from '../settler/settler-event.ts'
import { openMemoryStore } from '../store/memory-store.ts'
import type { DefenceEvent } from './defend.ts'
import { defend } from './defend.ts'
import { jobChain } from './job-chain.ts'

const { chain, publisher, settler: key, stop, domain } = await startStage()
const DAY = 86_400
const money = jobChain(chain, { publisher, settler: key })

afterAll(() => stop())

type Change = { readonly terms?: Partial<Terms>; readonly claims?: Claims }

/** A job that is not opened yet, with its settler and its defence; `earn` is what its coordinator would say. */
function draft({ terms = {}, claims = 'all' }: Change = {}) {
  const sides = { publisher: accountOf(publisher), settler: accountOf(key) }
  const long = testTerms({ challengeDelay: DAY, ...terms })
  const opening = testOpening({ ...sides, bond: toWei(1_000n), terms: long })
  const jobId = jobIdOf(opening, domain)
  const { manifest } = sampleJob('square', 0, { priceWei: '10', units: 2 })
  const job = { jobId, opening, token: undefined, manifest, price: toWei(10n), openedAt: 1 }
  const book = new Book(jobId, opening.budget)
  let end = new AbortController()
  const scene = {
    job,
    book,
    isEnd: false,
    nowMs: 0,
    promised: [] as Promised[],
    events: [] as (SettlerEvent | DefenceEvent)[],
    earn: (payee: Address, total: bigint) => void payees.set(payee, toWei(total)),
    open: () => money.open(job, new Uint8Array()),
    run: () => run(),
    over: Promise.resolve(),
    stop: () => end.abort(),
  }
  const payees = new Map<Address, Wei>()
  const ports = {
    earned: () => ({ payees: new Map(payees), units: 1, verdicts: jobId, isEnd: scene.isEnd }),
    deliver: (promiseTo: PromiseTo) => {
      for (const payee of payees.keys()) scene.promised.push(...[promiseTo(payee) ?? []].flat())
    },
    report: (event: SettlerEvent | DefenceEvent) => void scene.events.push(event),
    journal: openMemoryStore().journal('settler'),
    escrow: money.escrow(job),
    nowMs: () => scene.nowMs,
    turn: () => new Promise<void>((resolve) => setTimeout(resolve, 50)),
  }
  const thrift = { minAgeMs: 10_000, maxAgeMs: 60_000, costMultiple: 50n }
  const settler = new Settler(ports, { book, domain, key, opening, thrift, claims })
  const run = (): void => {
    end = new AbortController()
    const defence = {
      chain,
      settlerKey: key,
      domain,
      book,
      settler,
      reopen: scene.open,
      wake: () => undefined,
    }
    const defending = defend(job, { ...defence, report: ports.report }, end.signal)
    scene.over = Promise.all([settler.run(end.signal), defending]).then(() => undefined)
  }
  return scene
}

/** Such a job, open and at work. */
async function start(change: Change = {}) {
  const scene = draft(change)
  await scene.open()
  scene.run()
  return scene
}

/** Waits for something on chain; a thing that is never true ends the test by its time. */
const until = (done: () => Promise<boolean> | boolean): Promise<void> =>
  vi.waitFor(async () => expect(await done()).toBe(true), { timeout: 15_000, interval: 50 })

const epochOf = ({ job }: { job: { jobId: `0x${string}` } }, epoch: number) =>
  readEpoch(chain, { jobId: job.jobId, epoch })

test('an epoch that can be replaced is posted again and again, ends before it is final, and the next one begins', async () => {
  const ann = someone()
  const scene = await start({ terms: { postDelay: DAY, closeDelay: DAY } })
  const troubles = () => scene.events.filter(({ kind }) => kind === 'trouble')
  for (const total of [300n, 600n, 800n]) {
    scene.earn(ann, total)
    if (total === 800n) await warp(chain, DAY / 2)
    await until(async () => (await epochOf(scene, 0))?.total === total)
  }
  expect(await epochOf(scene, 0)).toMatchObject({ isLast: true, total: 800n })
  expect(scene.events.filter(({ kind }) => kind === 'posted')).toHaveLength(3)
  scene.earn(ann, 850n)
  scene.isEnd = true
  await until(async () => (await epochOf(scene, 1))?.total === 50n)
  expect(await balanceOf(chain, ann)).toBe(0n)
  await warp(chain, DAY)
  await until(async () => (await balanceOf(chain, ann)) === 850n)
  expect(troubles()).toEqual([])
  scene.stop()
  await scene.over
})

test('a settler that kept its word answers a challenge with an old statement, and its bond stays', async () => {
  const [ann, bob] = [someone(), someone()]
  const scene = await start()
  scene.earn(ann, 100n)
  await until(() => scene.promised.length === 1)
  scene.earn(ann, 250n)
  scene.earn(bob, 50n)
  await until(async () => (await balanceOf(chain, ann)) === 250n)
  const [old = fail()] = scene.promised
  await challenge(chain, publisher, old)
  await until(() => scene.events.some(({ kind }) => kind === 'answered'))
  expect(scene.events).toContainEqual({ kind: 'answered', account: ann })
  expect(await readDispute(chain, scene.job.jobId, ann)).toMatchObject({ promised: 100n, due: 0 })
  expect(await readJob(chain, scene.job.jobId)).toMatchObject({ disputes: 0, bond: 1_000n })
  scene.stop()
  await scene.over
})

test('a promise that is challenged before it is final is shown as soon as it is', async () => {
  const ann = someone()
  const scene = await start({ terms: { postDelay: 1_000, closeDelay: 1_000 } })
  scene.earn(ann, 700n) // too much to be final at once
  await until(async () => (await epochOf(scene, 0)) !== undefined)
  await challenge(chain, publisher, scene.promised[0] ?? fail())
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(await readJob(chain, scene.job.jobId)).toMatchObject({ disputes: 1 })
  await warp(chain, 1_001)
  await until(async () => (await readJob(chain, scene.job.jobId))?.disputes === 0)
  expect(await readJob(chain, scene.job.jobId)).toMatchObject({ bond: 1_000n })
  scene.stop()
  await scene.over
})

test('a promise that is challenged before it is posted is posted for that, and shown', async () => {
  const ann = someone()
  const scene = await start({ terms: { postDelay: 1_000, closeDelay: 1_000 } })
  scene.earn(ann, 100n)
  await until(() => scene.promised.length === 1)
  scene.earn(ann, 120n)
  await until(() => scene.promised.length === 2)
  const [first = fail(), second = fail()] = scene.promised
  await post(chain, publisher, first)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(await epochOf(scene, 0)).toMatchObject({ seq: 1, isLast: false })
  await challenge(chain, publisher, second)
  await until(() => scene.events.some(({ kind }) => kind === 'answered'))
  expect(await epochOf(scene, 0)).toMatchObject({ isLast: true, total: 120n })
  expect(await readJob(chain, scene.job.jobId)).toMatchObject({ disputes: 0, bond: 1_000n })
  scene.stop()
  await scene.over
})

test('a challenge that was made while the publisher was away is found when it is back', async () => {
  const ann = someone()
  const scene = await start()
  scene.earn(ann, 250n)
  await until(async () => (await balanceOf(chain, ann)) === 250n)
  scene.stop()
  await scene.over
  await challenge(chain, publisher, scene.promised[0] ?? fail())
  scene.run()
  await until(() => scene.events.some(({ kind }) => kind === 'answered'))
  expect(await readJob(chain, scene.job.jobId)).toMatchObject({ disputes: 0, bond: 1_000n })
  scene.stop()
  await scene.over
})

test('an epoch that payees force although the settler is here is vetoed', async () => {
  const keys = [makeKey(), makeKey(), makeKey()]
  const scene = await start({ terms: { forceDelay: DAY, forceCap: toWei(100n) } })
  for (const payee of keys) scene.earn(accountOf(payee), 120n)
  await until(async () => (await balanceOf(chain, accountOf(keys[2] ?? fail()))) === 120n)
  const forced = await forceEpoch(scene, keys)
  await until(() => scene.events.some(({ kind }) => kind === 'vetoed'))
  expect(await readEpoch(chain, forced)).toBeUndefined()
  expect(await readJob(chain, scene.job.jobId)).toMatchObject({ forced: 0n, committed: 360n })
  scene.stop()
  await scene.over
})

test.each(['the opening', 'the post'] as const)(
  'when a reorg removes %s and all after it, everything comes back and nobody is paid twice',
  async (first) => {
    const [ann, bob] = [someone(), someone()]
    const scene = draft()
    let snapshot: unknown
    if (first === 'the opening') snapshot = await ask(chain, 'evm_snapshot')
    await scene.open()
    scene.run()
    await until(async () => (await readJob(chain, scene.job.jobId)) !== undefined)
    if (first === 'the post') snapshot = await ask(chain, 'evm_snapshot')
    scene.earn(ann, 250n)
    scene.earn(bob, 30n)
    await until(async () => (await balanceOf(chain, bob)) === 30n)
    await until(() => scene.book.unpaid.length === 0 && scene.book.epochs.length === 1)
    await new Promise((resolve) => setTimeout(resolve, 500)) // it has seen these blocks
    const before = await epochOf(scene, 0)

    await ask(chain, 'evm_revert', snapshot)
    await ask(chain, 'anvil_mine', '0x20')
    expect(await balanceOf(chain, ann)).toBe(0n)
    await until(async () => (await balanceOf(chain, bob)) === 30n)
    expect([await balanceOf(chain, ann), await balanceOf(chain, bob)]).toEqual([250n, 30n])
    const after = await epochOf(scene, 0)
    expect(after).toMatchObject({ root: before?.root, seq: before?.seq, total: 280n, claimed: 280n })
    expect(scene.events.some(({ kind }) => kind === 'reopened')).toBe(first === 'the opening')
    expect(scene.events.some((event) => event.kind === 'lost' && event.isPost)).toBe(true)
    scene.isEnd = true
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(await readJob(chain, scene.job.jobId)).toMatchObject({ committed: 280n, epochs: 1 })
    expect(await balanceOf(chain, ann)).toBe(250n)
    scene.stop()
    await scene.over
  },
)

test('where claims are left to the payees, the settler is done when all is posted, and hears of what they take', async () => {
  const [ann, bob] = [someone(), someone()]
  const scene = await start({ claims: 'none' })
  scene.earn(ann, 250n)
  scene.earn(bob, 30n)
  await until(async () => (await epochOf(scene, 0)) !== undefined)
  scene.isEnd = true
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(await balanceOf(chain, ann)).toBe(0n)
  const { statement, tree } = scene.book.epochs[0] ?? fail()
  const leaf = tree.leaves.find(({ account }) => account === bob) ?? fail()
  const { proof } = scene.promised.find((promised) => promised.leaf.account === bob) ?? fail()
  const name = { jobId: scene.job.jobId, epoch: statement.epoch }
  const { hash } = await claimMany(chain, publisher, [{ ...name, leaf, proof }])
  await until(() => scene.events.some(({ kind }) => kind === 'claimed'))
  expect(scene.events.filter(({ kind }) => kind === 'claimed')).toEqual([
    { kind: 'claimed', epoch: 0, leaves: [leaf], transaction: hash },
  ])
  expect(scene.book.epochs[0]?.claimed).toEqual(new Set([leaf.index]))
  scene.stop()
  await scene.over
})

/** Payees force an epoch of 30 wei to a stranger with their leaves of epoch 0. */
async function forceEpoch({ job, promised }: ReturnType<typeof draft>, keys: readonly PrivateKey[]) {
  const owed = treeOf([[someone(), 30n]])
  const counts = { epoch: FIRST_FORCED, depth: owed.depth, dataHash: job.jobId }
  const forced = { jobId: job.jobId, ...counts, ...rootOf(owed) }
  const attestations = keys.map((payee) => {
    const own = promised.findLast(({ leaf }) => leaf.account === accountOf(payee)) ?? fail()
    return { leaf: own.leaf, proof: own.proof, signature: signHash(hashForced(forced, domain), payee) }
  })
  await force(chain, publisher, { opening: job.opening, forced, attestations })
  return forced
}

function fail(): never {
  throw new Error('it is not there')
}
