import { expect, test } from 'vitest'
import type { Digest } from '../../protocol/bytes.ts'
import { digestOf } from '../../protocol/digest.ts'
import { Failure } from '../../protocol/failure.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import type { Journal } from '../../store/store.ts'
import { packJobRecord, readJobRecords } from '../job-record.ts'
import { TestProvider, testOutput } from './test-provider.ts'
import { ownResults, replayed, setUp, wrong } from './test-run.ts'

test('after a cancel nothing is leased, what is out still counts, and then it is the end', async () => {
  const { coordinator, provider } = setUp(4)
  const [one, two] = [provider(), provider()]
  for (const each of [one, two]) coordinator.want(each.seat, 'wasm', 1)
  await coordinator.result(one.seat, one.answer())
  await coordinator.cancel()
  expect(coordinator.isEnd).toBe(false)
  coordinator.want(one.seat, 'wasm', 1)
  expect(one.heard('idle').at(-1)?.why).toBe('closing')
  await coordinator.result(two.seat, two.answer())
  expect(coordinator.isEnd).toBe(true)
  expect([...coordinator.ledger.earned.values()]).toEqual([10n, 10n])
})

test('after the end no opinion of the publisher accepts anything: no statement would cover it', async () => {
  const { coordinator, provider, job } = setUp(4)
  const one = provider()
  coordinator.want(one.seat, 'wasm', 1)
  await coordinator.result(one.seat, one.answer())
  await coordinator.cancel()
  expect(coordinator.isEnd).toBe(true)
  await coordinator.opine(ownResults(job.jobId, one.lease.units))
  expect(coordinator.ledger.paid).toBe(0)
})

test('the end waits for results that are on their way to the disk, with failed units before them or not', async () => {
  const releases: (() => void)[] = []
  const store = openMemoryStore()
  const slow: Journal = {
    append: (record) =>
      new Promise((resolve) => releases.push(() => void store.journal('job').append(record).then(resolve))),
    read: () => store.journal('job').read(),
  }
  const { coordinator, provider } = setUp(8, { journal: slow })
  const one = provider()
  coordinator.want(one.seat, 'wasm', 1)
  one.seat.speed.wasm = 10
  coordinator.want(one.seat, 'wasm', 1)
  const answer = one.answer({ ...one.lease, units: one.lease.units.slice(1) })
  const failed = [{ unit: one.lease.units[0] ?? 0, code: 'trap' as const, message: 'trap' }]
  const delivered = coordinator.result(one.seat, { ...answer, failed })
  coordinator.giveBack(one.seat, [one.heard('lease')[0]?.lease ?? 0])
  const cancelled = coordinator.cancel()
  for (const release of releases.splice(1)) release()
  await cancelled
  expect(coordinator.isCancelled).toBe(true)
  expect(coordinator.isEnd).toBe(false)
  for (const release of releases) release()
  await delivered
  expect(coordinator.isEnd).toBe(true)
})

test('a disk that is full stops the leasing and says so', async () => {
  const full: Journal = {
    append: () => Promise.reject(new Failure('storage', 'no space is left')),
    read: () => openMemoryStore().journal('job').read(),
  }
  const { coordinator, provider } = setUp(8, { journal: full })
  const one = provider()
  coordinator.want(one.seat, 'wasm', 1)
  await expect(coordinator.result(one.seat, one.answer())).rejects.toThrow('no space is left')
  coordinator.want(one.seat, 'wasm', 1)
  expect(one.heard('lease')).toHaveLength(1)
  expect(coordinator.failures.trouble).toContain('no space is left')
})

test('a unit that is decided while its blame goes to disk stays decided', async () => {
  const { coordinator, provider } = setUp(1)
  const [one, two] = [provider(), provider()]
  for (const each of [one, two]) coordinator.want(each.seat, 'wasm', 1)
  await coordinator.result(one.seat, one.answer())
  const accepted = coordinator.result(two.seat, two.answer())
  const blamed = coordinator.blame(0)
  await Promise.all([accepted, blamed])
  expect(coordinator.board.counts).toMatchObject({ accepted: 1, disputed: 0 })
  expect(coordinator.ledger).toMatchObject({ paid: 2, rejected: 0 })
})

test('after a restart the board, the money and the digest of the verdicts are the same, and nothing verified is leased again', async () => {
  const { coordinator, provider, kept, job } = setUp(60)
  const [one, two, three] = [provider(), provider(), provider()]
  await one.work(coordinator, (unit) => (unit % 7 === 0 ? wrong() : testOutput(unit)))
  coordinator.want(two.seat, 'wasm', 2)
  for (const lease of two.heard('lease')) await coordinator.result(two.seat, two.answer(lease))
  await three.work(coordinator, (unit) => (unit % 5 === 0 ? testOutput(unit + 1000) : testOutput(unit)))
  await coordinator.opine(ownResults(job.jobId, [0, 8]))
  await coordinator.blame(59)

  const again = await replayed(kept, 60)
  expect(again.ledger.verdicts).toBe(coordinator.ledger.verdicts)
  expect(again.ledger.earned).toEqual(coordinator.ledger.earned)
  expect([...again.ledger.tally.values()]).toEqual([...coordinator.ledger.tally.values()])
  for (let unit = 0; unit < 60; unit += 1) {
    expect(again.board.output(unit)).toBe(coordinator.board.output(unit))
    expect(again.board.isUnitDecided(unit)).toBe(coordinator.board.isUnitDecided(unit))
    const output = again.board.output(unit)
    if (output !== undefined) expect(again.outputs.get(output)).toEqual(coordinator.outputs.get(output))
  }
  const four = new TestProvider({ jobId: job.jobId })
  await four.work(again)
  const leased = four.heard('lease').flatMap(({ units }) => units)
  expect(leased.filter((unit) => coordinator.board.isUnitDecided(unit))).toEqual([])
})

test('any order of results on disk gives the same verdicts after a restart', async () => {
  for (let seed = 1; seed <= 5; seed += 1) {
    const { coordinator, provider, kept } = setUp(30)
    const all = [provider(), provider(), provider(), provider()]
    const outputOf = (n: number) => (unit: number) =>
      (unit * 31 + n * 17 + seed) % 11 === 0 ? testOutput(unit + 100 * n) : testOutput(unit)
    const going: Promise<unknown>[] = []
    for (let round = 0; round < 30; round += 1) {
      const n = (round * 7 + seed) % 4
      const each = all[n]
      if (each === undefined) continue
      coordinator.want(each.seat, 'wasm', 1)
      const lease = each.heard('lease').at(-1)
      if (lease !== undefined) going.push(coordinator.result(each.seat, each.answer(lease, outputOf(n))))
      if (round % 5 === 0) going.push(coordinator.blame((round * 3) % 30))
      if (round % 4 === 0) await Promise.all(going)
    }
    await Promise.all(going)
    const again = await replayed(kept, 30)
    expect(again.ledger.verdicts, `seed ${seed}`).toBe(coordinator.ledger.verdicts)
    expect(again.board.counts.accepted).toBe(coordinator.board.counts.accepted)
    expect(again.board.counts.disputed).toBe(coordinator.board.counts.disputed)
  }
})

test('a job of which five units are given up and none has a result ends by itself, and after a restart it still says why', async () => {
  const { coordinator, provider, kept } = setUp(40)
  coordinator.failures.isReferee = true
  const one = provider()
  await one.failAt(coordinator, 5)
  expect(coordinator.isCancelled).toBe(false)
  for (let unit = 0; unit < 5; unit += 1) {
    expect(coordinator.isCancelled).toBe(false)
    if (coordinator.failures.noteOwn({ unit, code: 'trap', message: 'out of reach' }, 0))
      await coordinator.blame(unit)
  }
  const why =
    'Stopped: all 5 units that were tried failed, so the deposit comes back. Unit 4 fails: trap on 1 provider and this publisher: out of reach'
  for (const each of [coordinator, await replayed(kept, 40)]) {
    expect(each).toMatchObject({ isCancelled: true, isEnd: true })
    expect(each.failures.trouble).toBe(why)
    const late = provider()
    each.want(late.seat, 'wasm', 1)
    expect(late.heard('idle')[0]?.why).toBe('closing')
  }
})

test('where the publisher runs nothing itself, three providers end a job by leaving it, two do not, nor do lies where it does', async () => {
  for (const [count, isReferee, isCancelled] of [
    [3, false, true],
    [2, false, false],
    [3, true, false],
  ] as const) {
    const { coordinator, provider } = setUp(40)
    coordinator.failures.isReferee = isReferee
    for (let n = 0; n < count; n += 1) await provider().failAt(coordinator, 5)
    expect(coordinator.isCancelled, `${count} ${isReferee}`).toBe(isCancelled)
  }
})

test('a job is not ended while somebody is at a unit that nobody has tried, and goes on when that works', async () => {
  for (const works of [true, false]) {
    const { coordinator, provider } = setUp(40)
    const slow = provider()
    coordinator.want(slow.seat, 'wasm', 20)
    const held = slow.heard('lease')
    expect(held).toHaveLength(20)
    for (const each of [provider(), provider(), provider()]) await each.failAt(coordinator, 6)
    coordinator.tick()
    await expect.poll(() => coordinator.failures.whyHopeless(0)).toContain('Stopped')
    expect(coordinator.isCancelled).toBe(false)
    for (const each of held)
      await coordinator.result(slow.seat, works ? slow.answer(each) : slow.failed(each))
    coordinator.tick()
    await expect.poll(() => coordinator.isCancelled).toBe(!works)
  }
})

test('nothing ends a job that somebody has a result of, or whose units fail by the machines of others', async () => {
  const { coordinator, provider } = setUp(40)
  const one = provider()
  coordinator.want(one.seat, 'wasm', 1)
  await coordinator.result(one.seat, one.answer())
  for (let n = 0; n < 6; n += 1) await provider().failAt(coordinator, 8)
  expect(coordinator.board.counts.disputed).toBeGreaterThan(5)
  expect(coordinator.isCancelled).toBe(false)

  const other = setUp(40)
  for (const code of ['device-lost', 'timeout', 'memory', 'refused', 'wedged'] as const)
    await other.provider().failAt(other.coordinator, 8, code)
  expect(other.coordinator.isCancelled).toBe(false)
  expect(other.coordinator.failures.trouble).not.toContain('Stopped')
})

test('a journal that ends with a cancel gives a cancelled job', async () => {
  const store = openMemoryStore()
  await store.journal('job').append(packJobRecord({ kind: 'cancelled', why: '' }))
  const again = await replayed(store.journal('job'), 3)
  expect(again.isCancelled).toBe(true)
  expect(again.isEnd).toBe(true)
})

test('an output that is known already is not written again', async () => {
  const { coordinator, provider, kept } = setUp(1)
  const [one, two] = [provider(), provider()]
  for (const each of [one, two]) await each.work(coordinator)
  const written: (number | undefined)[] = []
  for await (const record of readJobRecords(kept))
    if (record.kind === 'results') written.push(record.outputs[0]?.length)
  expect(written).toEqual([64, undefined])
})

test('the digests of outputs that providers share are kept once', async () => {
  const { coordinator, provider } = setUp(3)
  for (const each of [provider(), provider()]) await each.work(coordinator, () => wrong())
  expect([...coordinator.outputs.keys()]).toEqual([digestOf(wrong()) satisfies Digest])
})
