import { join } from 'node:path'
import { expect, test } from 'vitest'
import { balanceOf, openChain } from '../chain/chain.ts'
import { readJob } from '../chain/escrow/read-escrow.ts'
import { accountOf, makeKey } from '../protocol/account.ts'
import { jobIdOf } from '../protocol/escrow/opening.ts'
import { testOpening } from '../protocol/escrow/test-opening.ts'
import { toWei } from '../protocol/wei.ts'
import { openMemoryStore } from '../store/memory-store.ts'
import { openNodeStore } from '../store/node-store.ts'
import { jobChain } from './job-chain.ts'
import { jobJournal, packJobRecord, readJobRecords } from './job-record.ts'
import { openPublisher } from './publisher.ts'
import {
  chain,
  draft,
  expectSettled,
  folder,
  name,
  publisher,
  rpcUrl,
  Stage,
  settler,
  squares,
  tap,
  until,
} from './test-stage.ts'

test.concurrent('a job goes from its opening to its end: results, all paid to the wei, closed with refund and bond', async () => {
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const before = await balanceOf(chain, accountOf(publisher))
  const jobId = await engine.publish(draft(60))
  expect((await readJob(chain, jobId))?.state).toBe('open')
  await until(() => stage.announced.length > 0, 'the announcement')
  const honest = [1, 2].map(() => stage.connect(jobId, squares))
  const cheat = stage.connect(jobId, (unit) => squares(unit + 1))
  await engine.over(jobId)
  const [job] = engine.show().jobs
  if (job === undefined) throw new Error('no job')
  await expectSettled(job)

  expect(job.counts).toMatchObject({ paid: 60 })
  for (const guest of honest) {
    const earned = await balanceOf(chain, guest.account)
    expect(earned).toBe(BigInt(guest.units.length) * 1000n)
    expect(guest.promised).toBe(earned)
  }
  expect(await balanceOf(chain, cheat.account)).toBe(0n)
  expect(job.rejected).toBe(cheat.units.length)
  expect(job.payments.reduce((sum, { amount }) => sum + amount, 0n)).toBe(job.claimed)
  expect(stage.announced[0]).toMatchObject({ jobId, isWithdrawn: false, price: 1000n })
  expect(stage.announced.at(-1)).toMatchObject({ jobId, isWithdrawn: true })
  expect(before - (await balanceOf(chain, accountOf(publisher)))).toBeLessThan(10n ** 17n)

  const result = await engine.result(jobId)
  expect(result.digest).toBe(job.digest)
  expect(result.files[0]?.bytes.subarray(64 * 59)).toEqual(squares(59))
  stage.cut()
})

test.concurrent('a publisher that is cut off in the middle finishes the job after a restart, and repeats nothing', async () => {
  const home = join(folder, 'cut')
  const first = new AbortController()
  const stage = new Stage(await openNodeStore(home, first.signal))
  const engine = await stage.open()
  const jobId = await engine.publish(draft(50))
  const keys = [makeKey(), makeKey()]
  const [one, two] = keys.map((key) => stage.connect(jobId, squares, key))
  if (one === undefined || two === undefined) throw new Error('no providers')
  two.limit = 20
  await until(() => engine.show().jobs[0]?.counts.accepted === 20 || two.units.length >= 20, '20 units')
  await until(() => one.promised > 0n, 'a promise')
  stage.cut()
  await engine.stopped
  first.abort()
  const verified = engine.show().jobs[0]?.units ?? new Uint8Array()

  const second = new AbortController()
  const again = new Stage(await openNodeStore(home, second.signal))
  const resumed = await again.open()
  await until(() => resumed.show().jobs[0]?.phase === 'running', 'the job goes on')
  const later = keys.map((key) => again.connect(jobId, squares, key))
  await resumed.over(jobId)
  const [job] = resumed.show().jobs
  if (job === undefined) throw new Error('no job')
  await expectSettled(job)
  for (const guest of later) for (const unit of guest.units) expect(verified[unit] ?? 0).toBeLessThan(3)
  for (const [n, guest] of later.entries()) {
    const units = new Set([...(n === 0 ? one : two).units, ...guest.units])
    expect(await balanceOf(chain, guest.account)).toBe(BigInt(units.size) * 1000n)
  }
  again.cut()
  await resumed.stopped
  second.abort()
})

test.concurrent('a lone provider is helped by the publisher, which runs the kernel itself', async () => {
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const jobId = await engine.publish(draft(5))
  const guest = stage.connect(jobId, squares)
  await engine.over(jobId)
  const [job] = engine.show().jobs
  if (job === undefined) throw new Error('no job')
  await expectSettled(job)
  expect(job.executions.own).toBe(5)
  expect(await balanceOf(chain, guest.account)).toBe(5_000n)
  stage.cut()
})

test.concurrent('a cancelled job pays what is verified and gives the rest back', async () => {
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const jobId = await engine.publish(draft(40))
  const guests = [1, 2].map(() => stage.connect(jobId, squares))
  for (const guest of guests) guest.limit = 3
  await until(() => (engine.show().jobs[0]?.counts.accepted ?? 0) >= 3, 'three units')
  for (const guest of guests) guest.stream.hangUp()
  await engine.cancel(jobId)
  await engine.over(jobId)
  const [job] = engine.show().jobs
  if (job === undefined) throw new Error('no job')
  await expectSettled(job)
  expect(job.claimed).toBeGreaterThan(0n)
  await expect(engine.cancel(jobId)).rejects.toThrow('over already')
  await engine.forget(jobId)
  expect(engine.show().jobs).toEqual([])
  expect(await stage.store.journals('')).toEqual([])
  stage.cut()
})

test('a draft that the account cannot pay for opens nothing and leaves nothing behind', async () => {
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const dear = draft(10, (10n ** 19n).toString())
  await expect(engine.publish(dear)).rejects.toThrow(/The job needs 330 coins and some for gas/)
  expect(await stage.store.journals('')).toEqual([])
  stage.cut()
})

test('an opening that was sent just before a crash is found open, not sent again', async () => {
  const stage = new Stage(openMemoryStore())
  const opening = testOpening({
    publisher: accountOf(publisher),
    settler: accountOf(settler),
    budget: toWei(6_000n),
    bond: toWei(600n),
  })
  const jobId = jobIdOf(opening, { chainId: name.chainId, escrow: chain.escrow })
  const { manifest } = draft(2)
  const job = { jobId, opening, token: undefined, manifest, price: toWei(1000n), openedAt: 1 }
  await stage.store.journal(jobJournal(job.jobId)).append(packJobRecord({ kind: 'opening', job }))
  const money = jobChain(chain, { publisher, settler })
  // Both find no job and send: the second is refused by the contract, and yet the job is open.
  await Promise.all([1, 2].map(() => money.open(job, new Uint8Array())))
  const engine = await stage.open()
  await until(() => engine.show().jobs[0]?.phase === 'running', 'the job runs')
  stage.cut()
})

test.concurrent('when the chain falls silent in the opening the job waits and goes on, and money is not spent twice', async () => {
  const stage = new Stage(openMemoryStore())
  const wire = await tap(rpcUrl)
  const end = new AbortController()
  const money = openChain({ rpcUrl: wire.url, pollMs: 20 })
  const engine = await openPublisher({ ...stage.parts, money }, end.signal)
  const jobId = await engine.publish(draft(2))
  expect(wire.isCut).toBe(true)
  expect(engine.show().jobs[0]?.phase).toBe('opening')
  await until(() => engine.show().jobs[0]?.why !== '', 'the reason is shown')
  expect(engine.show().jobs[0]?.why).toContain('does not answer')
  wire.isCut = false
  await until(() => engine.show().jobs[0]?.phase === 'running', 'the job runs')
  wire.close()
  expect((await readJob(chain, jobId))?.budget).toBe(6_000n)
  end.abort()
})

test('a journal that cannot be read fails its job and no other', async () => {
  const store = openMemoryStore()
  const stage = new Stage(store)
  const engine = await stage.open()
  const good = await engine.publish(draft(2))
  const bad = await engine.publish(draft(2))
  stage.cut()
  await engine.stopped
  await store.journal(jobJournal(bad)).append(new Uint8Array([1, 2, 3]))
  const again = new Stage(store)
  const resumed = await again.open()
  const phases = new Map(resumed.show().jobs.map((job) => [job.jobId, job]))
  expect(phases.get(bad)).toMatchObject({ phase: 'failed' })
  expect(phases.get(bad)?.why).toContain(`Journal job/${bad} cannot be read`)
  await until(
    () => resumed.show().jobs.some((job) => job.jobId === good && job.phase === 'running'),
    'the other',
  )
  again.cut()
})

test.concurrent('a job that is over stays over after a restart, with its result', async () => {
  const store = openMemoryStore()
  const stage = new Stage(store)
  const engine = await stage.open()
  const jobId = await engine.publish(draft(3))
  for (const key of [makeKey(), makeKey()]) stage.connect(jobId, squares, key)
  await engine.over(jobId)
  const before = engine.show().jobs[0]
  stage.cut()
  const resumed = await new Stage(store).open()
  const after = resumed.show().jobs[0]
  expect(after).toMatchObject({ phase: 'closed', digest: before?.digest, claimed: before?.claimed })
  expect(after?.counts).toEqual(before?.counts)
  expect((await resumed.result(jobId)).digest).toBe(before?.digest)
  const kinds: string[] = []
  for await (const { kind } of readJobRecords(store.journal(jobJournal(jobId)))) kinds.push(kind)
  expect(kinds[0]).toBe('opening')
  expect(kinds.at(-1)).toBe('closed')
})
