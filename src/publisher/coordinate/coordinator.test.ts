import { expect, test } from 'vitest'
import { isJustified } from '../../market/evidence.ts'
import { digestOf } from '../../protocol/digest.ts'
import { toWei } from '../../protocol/wei.ts'
import type { TestProvider } from './test-provider.ts'
import { publisher, replayed, setUp, wrong } from './test-run.ts'

test('two providers that agree are paid for every unit, and the job is decided', async () => {
  const { coordinator, provider, job } = setUp(40)
  const [one, two] = [provider(), provider()]
  await one.work(coordinator)
  expect(coordinator.isEnd).toBe(false)
  await two.work(coordinator)
  expect(coordinator.isEnd).toBe(true)
  expect(coordinator.board.counts.accepted).toBe(40)
  expect([...coordinator.ledger.earned]).toEqual([
    [one.account, 400n],
    [two.account, 400n],
  ])
  expect(one.heard('lease').flatMap(({ units }) => units)).toHaveLength(40)
  expect(two.heard('idle').map(({ why, jobId }) => [why, jobId])).toEqual([['done', job.jobId]])
})

test('frames grow with the measured speed, from one unit', async () => {
  const { coordinator, provider } = setUp(600)
  const one = provider()
  await one.work(coordinator)
  const sizes = one.heard('lease').map(({ units }) => units.length)
  expect(sizes[0]).toBe(1)
  expect(Math.max(...sizes)).toBeGreaterThan(30)
})

test('credit is served when work comes free, and the reason for waiting is told once', async () => {
  const { coordinator, provider } = setUp(1)
  const [one, two, three] = [provider(), provider(), provider()]
  for (const each of [one, two, three]) coordinator.want(each.seat, 'wasm', 1)
  coordinator.pump()
  coordinator.tick()
  expect(three.heard('idle').map(({ why }) => why)).toEqual(['others'])
  coordinator.giveBack(one.seat, [one.lease.lease])
  expect(three.lease.units).toEqual([0])
})

test('a provider that waits learns that the job is done', async () => {
  const { coordinator, provider } = setUp(1)
  const [one, two, three] = [provider(), provider(), provider()]
  for (const each of [one, two, three]) coordinator.want(each.seat, 'wasm', 1)
  for (const each of [one, two]) await coordinator.result(each.seat, each.answer())
  coordinator.tick()
  expect(three.heard('idle').map(({ why }) => why)).toEqual(['others', 'done'])
})

test('who hands leases back has stopped: nothing more is leased to it until it asks again', () => {
  const { coordinator, provider } = setUp(9)
  const one = provider()
  coordinator.want(one.seat, 'wasm', 3)
  expect(one.heard('lease')).toHaveLength(3)
  coordinator.want(one.seat, 'wasm', 1)
  coordinator.giveBack(
    one.seat,
    one.heard('lease').map(({ lease }) => lease),
  )
  coordinator.tick()
  expect(one.heard('lease')).toHaveLength(4)
  coordinator.want(one.seat, 'wasm', 1)
  expect(one.heard('lease')).toHaveLength(5)
})

test('leases never cost more than the budget, with undecided results and those on their way to the disk', async () => {
  const { coordinator, provider } = setUp(100, { budget: 70n })
  const [one, two, three] = [provider(), provider(), provider()]
  coordinator.want(one.seat, 'wasm', 3)
  expect(one.heard('lease')).toHaveLength(3)
  const deliveries = one.heard('lease').map((lease) => coordinator.result(one.seat, one.answer(lease)))
  coordinator.want(two.seat, 'wasm', 9)
  expect(two.heard('lease')).toHaveLength(3)
  expect(two.heard('idle').map(({ why }) => why)).toEqual(['budget'])
  await Promise.all(deliveries)
  coordinator.want(three.seat, 'wasm', 9)
  expect(three.heard('lease')).toHaveLength(0)
})

test('a budget that does not reach for the whole job goes to units that it can bring to their quorum', async () => {
  const { coordinator, provider, kept } = setUp(10, { budget: 70n })
  const [one, two] = [provider(), provider()]
  await one.work(coordinator)
  expect(coordinator.lender).toMatchObject({ atStake: 3, isSpent: false })
  await two.work(coordinator)
  expect(coordinator.board.counts).toMatchObject({ accepted: 3, open: 7 })
  expect(coordinator.lender).toMatchObject({ atStake: 0, isSpent: true })
  expect(one.heard('idle').at(-1)?.why).toBe('budget')

  await coordinator.fund(toWei(200n))
  expect(coordinator.lender.isSpent).toBe(false)
  for (const each of [one, two]) await coordinator.result(each.seat, each.answer())
  await one.work(coordinator)
  await two.work(coordinator)
  expect(coordinator.isEnd).toBe(true)
  expect((await replayed(kept, 10)).lender.budget).toBe(200n)
})

test('a budget is not used up while results that will be decided are on their way into the journal', async () => {
  const { coordinator, provider } = setUp(2, { budget: 50n })
  const [one, two] = [provider(), provider()]
  for (const each of [one, two]) coordinator.want(each.seat, 'wasm', 2)
  const deliveries = [one, two].flatMap((each) =>
    each.heard('lease').map((lease) => coordinator.result(each.seat, each.answer(lease))),
  )
  expect(coordinator.lender).toMatchObject({ atStake: 4, isSpent: false })
  await Promise.all(deliveries)
  expect(coordinator.board.isDecided).toBe(true)
})

test('a rejected result frees its part of the budget', async () => {
  const { coordinator, provider, job } = setUp(1, { budget: 30n })
  const [one, two, three] = [provider(), provider(), provider()]
  for (const each of [one, two]) coordinator.want(each.seat, 'wasm', 1)
  await coordinator.result(one.seat, one.answer(one.lease, wrong))
  await coordinator.result(two.seat, two.answer())
  await three.work(coordinator)
  expect(coordinator.board.counts.accepted).toBe(1)
  expect(coordinator.ledger).toMatchObject({ paid: 2, rejected: 1 })
  const [rejection] = one.heard('rejected')
  const claim = { jobId: job.jobId, unit: 0, digest: digestOf(wrong()), publisher, quorum: 2 }
  expect(rejection?.unit).toBe(0)
  expect(isJustified(rejection?.evidence ?? [], claim)).toBe(true)
  expect(coordinator.rejections(one.seat)).toHaveLength(1)
  expect(coordinator.rejections(two.seat)).toHaveLength(0)
})

test('a lease that expires goes to others; its result comes too late, and its sender is told that it does not count', async () => {
  const { coordinator, provider, clock } = setUp(1)
  const [one, two, three] = [provider(), provider(), provider()]
  for (const each of [one, two, three]) coordinator.want(each.seat, 'wasm', 1)
  clock.nowMs = one.lease.ttlMs
  await coordinator.result(two.seat, two.answer())
  coordinator.tick()
  expect(three.lease.units).toEqual([0])
  await coordinator.result(one.seat, one.answer())
  expect(one.heard('refusal')[0]?.why).toContain('has expired')
  expect(one.heard('rejected')).toMatchObject([{ unit: 0, evidence: [] }])
  expect(coordinator.ledger.tally.has(`${one.account} ${one.account}`)).toBe(false)
})

test('a provider that leaves gives its units to others', () => {
  const { coordinator, provider } = setUp(1)
  const [one, two, three] = [provider(), provider(), provider()]
  for (const each of [one, two, three]) coordinator.want(each.seat, 'wasm', 1)
  coordinator.leave(two.seat)
  expect(three.lease.units).toEqual([0])
  expect(coordinator.seats.has(two.seat)).toBe(false)
})

test('slow work is offered to one who waits, and both are paid when both are in time', async () => {
  const { coordinator, provider, clock } = setUp(1)
  const [one, two, three, four] = [provider(), provider(), provider(), provider()]
  for (const each of [one, two]) coordinator.want(each.seat, 'wasm', 1)
  await coordinator.result(one.seat, one.answer())
  coordinator.want(three.seat, 'wasm', 1)
  coordinator.want(one.seat, 'wasm', 1)
  clock.nowMs = 14_000
  coordinator.tick()
  expect(three.lease.units).toEqual([0])
  coordinator.want(four.seat, 'wasm', 1)
  expect(four.heard('lease')).toEqual([])
  for (const each of [three, two]) await coordinator.result(each.seat, each.answer())
  expect(coordinator.ledger.paid).toBe(3)
  expect(coordinator.isEnd).toBe(true)
})

test('doing slow work twice never eats what the quorum of other units needs', () => {
  const { coordinator, provider, clock } = setUp(2, { budget: 40n })
  const [one, two, three] = [provider(), provider(), provider()]
  coordinator.want(one.seat, 'wasm', 1)
  coordinator.want(two.seat, 'wasm', 1)
  clock.nowMs = 14_000
  coordinator.want(three.seat, 'wasm', 3)
  expect(three.heard('lease').map(({ units }) => units)).toEqual([[1]])
  expect(three.heard('idle').map(({ why }) => why)).toEqual(['others'])
})

test('a unit that fails for three payees is the fault of the kernel, and a restart remembers why', async () => {
  const { coordinator, provider, kept } = setUp(1)
  const all = [provider(), provider(), provider()]
  for (const each of all) {
    coordinator.want(each.seat, 'wasm', 1)
    const { lease } = each.lease
    const failed = [{ unit: 0, code: 'trap' as const, message: 'unreachable executed' }]
    const empty = each.answer({ ...each.lease, units: [] })
    await coordinator.result(each.seat, { ...empty, lease, failed })
  }
  expect(coordinator.board.counts.disputed).toBe(1)
  const why = 'Unit 0 fails: trap on 3 of 3 providers: unreachable executed'
  expect(coordinator.failures.trouble).toBe(why)
  expect(coordinator.isEnd).toBe(true)
  const { failures, isEnd } = await replayed(kept, 1)
  expect([failures.trouble, failures.counts, isEnd]).toEqual([why, { trap: 3 }, true])
})

test('results that are not valid bar their sender from the unit, and blame nobody else', async () => {
  const { coordinator, provider } = setUp(1)
  for (let n = 0; n < 3; n += 1) {
    const cheat = provider()
    coordinator.want(cheat.seat, 'wasm', 1)
    await coordinator.result(
      cheat.seat,
      cheat.answer(cheat.lease, () => new Uint8Array(65)),
    )
    expect(cheat.heard('refusal')[0]?.why).toBe('Unit 0: the output has 65 bytes, more than the limit of 64')
    coordinator.want(cheat.seat, 'wasm', 1)
    expect(cheat.heard('lease')).toHaveLength(1)
  }
  expect(coordinator.board.state(0)).toBe('open')
  const [one, two] = [provider(), provider()]
  for (const each of [one, two]) await each.work(coordinator)
  expect(coordinator.board.counts.accepted).toBe(1)
})

test('a result is refused that is not what was leased, and the rest is unaffected', async () => {
  const { coordinator, provider, job } = setUp(3)
  const [one, two] = [provider(), provider()]
  type Answer = ReturnType<TestProvider['answer']>
  const signed = (honest: Answer, change: Partial<Answer['results']>): Answer => ({
    ...honest,
    results: { ...honest.results, ...change },
  })
  const lies: [string, (honest: Answer) => Answer][] = [
    ['has not the signed digest', (honest) => ({ ...honest, outputs: honest.outputs.map(wrong) })],
    ['found 0', (honest) => ({ ...honest, outputs: [] })],
    ['was not leased', (honest) => one.answer({ ...one.lease, lease: honest.lease, units: [2] })],
    ['is signed by', (honest) => signed(honest, { account: two.account })],
    ['is signed for another job', (honest) => signed(honest, { jobId: `0x${'9'.repeat(64)}` })],
    ['names the payee', (honest) => signed(honest, { payee: two.account })],
    [
      'names a unit twice',
      (honest) => ({ ...honest, failed: [{ unit: 0, code: 'trap' as const, message: 'x' }] }),
    ],
  ]
  expect(lies).toHaveLength(7)
  for (const [why, lie] of lies) {
    const { coordinator: fresh } = setUp(3)
    const before = one.heard('refusal').length
    fresh.want(one.seat, 'wasm', 1)
    await fresh.result(one.seat, lie(one.answer()))
    expect(one.heard('refusal').slice(before)[0]?.why, why).toContain(why)
    expect(fresh.board.counts).toMatchObject({ open: 3, returned: 0 })
  }
  coordinator.want(two.seat, 'wasm', 1)
  await coordinator.result(one.seat, one.answer(two.lease))
  expect(one.heard('refusal').at(-1)?.why).toContain('is not yours')
  await coordinator.result(two.seat, two.answer())
  expect(coordinator.board.counts.returned).toBe(1)
  expect(job.jobId).toBe(two.jobId)
})
