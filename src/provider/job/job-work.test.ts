import { afterEach, expect, test, vi } from 'vitest'
import { accountOf, makeKey } from '../../protocol/account.ts'
import { digestOf } from '../../protocol/digest.ts'
import { Failure } from '../../protocol/failure.ts'
import { toWei } from '../../protocol/wei.ts'
import { publisherKey, TestWork, testOutput, testResults } from './test-work.ts'

afterEach(() => void vi.useRealTimers())

test('frames are asked for up to the window, less what is on its way, queued or running', async () => {
  const scene = new TestWork()
  const { work } = scene
  work.want(3)
  work.want(3)
  expect(scene.heard('want').map(({ frames }) => frames)).toEqual([3])
  scene.lease([0])
  scene.lease([1])
  work.want(3)
  expect(scene.heard('want')).toHaveLength(1)
  await scene.runNext()
  work.want(3)
  expect(scene.heard('want').map(({ frames }) => frames)).toEqual([3, 1])
})

test('a lease is run, signed and delivered with its outputs', async () => {
  const scene = new TestWork()
  scene.work.want(1)
  const lease = scene.lease([4, 5])
  await scene.runNext()
  const [result] = scene.heard('result')
  expect(result).toMatchObject({ lease, failed: [], outputs: [testOutput(4), testOutput(5)] })
  expect(result?.results).toMatchObject({ units: [4, 5], account: accountOf(scene.key) })
  expect(scene.events.map(({ kind, units }) => [kind, units])).toEqual([['delivered', [4, 5]]])
  expect(scene.work.owed.exposure.units).toBe(2)
})

test('stopping hands leases and credit back, and a lease that was on its way goes back at once', async () => {
  const scene = new TestWork()
  const { work, kernel } = scene
  let release: () => void = () => undefined
  kernel.gate = new Promise((resolve) => {
    release = resolve
  })
  work.want(4)
  const leases = [scene.lease([0]), scene.lease([1])]
  const running = scene.runNext()
  work.stop()
  expect(scene.heard('return').map((message) => message.leases)).toEqual([[leases[1], leases[0]]])
  const late = scene.lease([2])
  expect(scene.heard('return').at(-1)?.leases).toEqual([late])
  expect(work.next()).toBeUndefined()
  release()
  await running
  expect(scene.heard('result')).toEqual([])
  expect(work.owed.exposure.units).toBe(0)
  work.want(2)
  expect(scene.heard('want').at(-1)?.frames).toBe(2)
})

test('stopping takes back credit even where no lease is held', () => {
  const scene = new TestWork()
  scene.work.want(2)
  scene.work.stop()
  expect(scene.heard('return').map(({ leases }) => leases)).toEqual([[]])
  scene.work.stop()
  expect(scene.heard('return')).toHaveLength(1)
})

test('a lease that has run out is neither run nor delivered', async () => {
  const scene = new TestWork()
  scene.work.want(2)
  scene.lease([0], 5_000)
  scene.lease([1], 60_000)
  scene.nowMs += 5_000
  expect(scene.work.next()?.units).toEqual([1])
  scene.work.want(1)

  const slow = new TestWork()
  slow.work.want(1)
  slow.lease([0], 5_000)
  slow.kernel.runUnit = (unit) => {
    slow.nowMs += 6_000
    return { kind: 'done', unit, output: testOutput(unit), elapsedMs: 6_000 }
  }
  await slow.runNext()
  expect(slow.heard('result')).toEqual([])
  expect(slow.work.owed.exposure.units).toBe(0)
  expect(slow.work.why).toContain('longer than its lease')
})

test('a long lease runs a turn at a time, and is delivered as one when all its units are done', async () => {
  const scene = new TestWork()
  scene.work.want(2)
  scene.kernel.slice = 2
  const lease = scene.lease([4, 5, 6, 7, 8])
  scene.lease([9])
  const turns: number[] = []
  for (let turn = 0; turn < 3; turn += 1) {
    const next = scene.work.next()
    if (next === undefined) throw new Error('there is no lease to run')
    turns.push((await scene.work.run(next, { key: scene.key, payee: accountOf(scene.key) })).units)
    expect(scene.heard('result')).toHaveLength(turn === 2 ? 1 : 0)
    expect(scene.work.running).toBe(turn === 2 ? 0 : 5)
  }
  expect(turns).toEqual([2, 2, 1])
  expect(scene.heard('result')[0]).toMatchObject({ lease, results: { units: [4, 5, 6, 7, 8] } })
  await scene.runNext()
  expect(scene.heard('result')[1]).toMatchObject({ results: { units: [9] } })
})

test('a lease that was begun goes back when the work stops', async () => {
  const scene = new TestWork()
  scene.work.want(1)
  scene.kernel.slice = 1
  const lease = scene.lease([4, 5])
  await scene.runNext()
  scene.work.stop()
  expect(scene.heard('return').map((message) => message.leases)).toEqual([[lease]])
  expect(scene.work.next()).toBeUndefined()
  expect(scene.heard('result')).toEqual([])
})

test('at the end of its lease a frame is stopped, and what was begun of another is not gone on with', async () => {
  vi.useFakeTimers()
  const scene = new TestWork()
  scene.work.want(2)
  scene.kernel.slice = 1
  scene.kernel.gate = new Promise((resolve) => setTimeout(resolve, 60_000))
  scene.lease([4, 5], 10_000)
  const next = scene.work.next()
  if (next === undefined) throw new Error('there is no lease to run')
  let isStopped = false
  const runSome = scene.kernel.runSome.bind(scene.kernel)
  scene.kernel.runSome = async (units, signal) => {
    signal?.addEventListener('abort', () => {
      isStopped = true
    })
    return await runSome(units, signal)
  }
  const running = scene.work.run(next, { key: scene.key, payee: accountOf(scene.key) })
  await vi.advanceTimersByTimeAsync(8_990)
  expect(isStopped).toBe(false)
  await vi.advanceTimersByTimeAsync(20)
  expect(isStopped).toBe(true)
  await vi.advanceTimersByTimeAsync(60_000)
  await running
  expect(scene.work.why).toContain('longer than its lease')

  scene.work.why = ''
  scene.lease([6, 7], 10_000)
  await scene.runNext()
  scene.nowMs += 10_000
  expect(scene.work.next()).toBeUndefined()
  expect(scene.work.why).toContain('longer than its lease')
  expect(scene.heard('result')).toEqual([])
})

test('what may be lost with the link is not waited for; the next link starts anew', async () => {
  const scene = new TestWork()
  const { work } = scene
  work.want(3)
  scene.lease([0])
  scene.lease([1])
  await scene.runNext()
  scene.isUp = false
  work.lose()
  scene.isUp = true
  work.open()
  expect(scene.heard('follow')).toHaveLength(1)
  expect(work.next()).toBeUndefined()
  scene.accept([0])
  expect(work.owed.exposure).toMatchObject({ oldestAt: undefined })
  scene.nowMs += 10 * 60_000
  expect(work.stopped).toBeUndefined()
  work.want(3)
  expect(scene.heard('want').map(({ frames }) => frames)).toEqual([3, 3])
})

test('nothing is delivered over a link that is down', async () => {
  const scene = new TestWork()
  scene.work.want(1)
  scene.lease([0])
  scene.isUp = false
  await scene.runNext()
  expect(scene.work.owed.exposure.units).toBe(0)
  expect(scene.events).toEqual([])
})

test('a rejection counts only with evidence; without it the result stays owed', async () => {
  const scene = new TestWork()
  const { work } = scene
  work.want(1)
  scene.lease([0, 1, 2])
  await scene.runNext()
  const other = digestOf(testOutput(50))
  const { jobId } = work.said
  const [one, two] = [makeKey(), makeKey()]
  const reject = (unit: number, evidence: Parameters<typeof testResults>[2][]): void =>
    work.take({
      kind: 'rejected',
      jobId,
      unit,
      evidence: evidence.map((key) => testResults(unit, other, key)),
    })
  reject(0, [])
  reject(1, [one])
  reject(1, [one, one])
  expect(work.owed.rejected).toBe(0)
  expect(work.owed.exposure.units).toBe(3)
  expect(work.why).toContain('rejects unit 1 without evidence')
  reject(1, [one, two])
  reject(2, [one, publisherKey])
  reject(99, [one, two])
  expect(work.owed.rejected).toBe(2)
  expect(work.owed.exposure.units).toBe(1)
  expect(scene.events.filter(({ kind }) => kind === 'rejected').map(({ units }) => units)).toEqual([[1], [2]])
})

test('results that are accepted wait for a signature; without one the work stops, with one it goes on', async () => {
  const scene = new TestWork()
  const { work } = scene
  work.want(1)
  scene.lease([0])
  await scene.runNext()
  scene.accept([0, 7])
  expect(work.acceptedUnits).toBe(2)
  expect(work.stopped).toBeUndefined()
  scene.nowMs += 60_000
  expect(work.stopped?.code).toBe('unsigned')
  const asked = scene.heard('want').length
  work.want(3)
  expect(scene.heard('want')).toHaveLength(asked)
  work.owed.sign(toWei(10n), scene.nowMs)
  work.want(3)
  expect(scene.heard('want')).toHaveLength(asked + 1)
})

test('units that fail are reported with their reason; five in a row and the job is given up, which its publisher learns', async () => {
  const scene = new TestWork()
  const { work, kernel } = scene
  kernel.runUnit = (unit) => ({
    kind: 'failed',
    unit,
    failure: new Failure('trap', `Unit ${unit}: unreachable`),
  })
  for (let unit = 0; unit < 5; unit += 1) {
    work.want(1)
    scene.lease([unit])
    await scene.runNext()
  }
  expect(scene.heard('result').flatMap(({ failed }) => failed.map(({ code }) => code))).toEqual(
    Array.from({ length: 5 }, () => 'trap'),
  )
  expect(work).toMatchObject({ kind: 'unsuitable', why: 'Its kernel fails here: Unit 4: unreachable' })
  expect(scene.heard('unfit').map(({ executor, code, message }) => [executor, code, message])).toEqual([
    ['wasm', 'refused', '5 units in a row failed: Unit 4: unreachable'],
  ])
  expect(kernel.isClosed).toBe(true)
})

test('units that were cancelled here, or lost with the device, do not blame the kernel', async () => {
  const scene = new TestWork()
  const { work, kernel } = scene
  const codes = ['cancelled', 'device-lost'] as const
  kernel.runUnit = (unit) => ({ kind: 'failed', unit, failure: new Failure(codes[unit] ?? 'trap', 'gone') })
  work.want(1)
  scene.lease([0, 1])
  await scene.runNext()
  const lost = { unit: 1, code: 'device-lost', message: 'gone' }
  expect(scene.heard('result').map(({ failed, results }) => [failed, results.units])).toEqual([[[lost], []]])
  expect(work.kind).toBe('working')
  expect(work.failed).toBe(1)
})

test('a result that no frame can carry ends this job and nothing else', async () => {
  const scene = new TestWork()
  const { work } = scene
  work.want(1)
  scene.lease([0])
  scene.sent.push = () => {
    throw new Failure('oversized', 'frame: 5000000 bytes is more than the limit')
  }
  await scene.runNext()
  expect(work.kind).toBe('unsuitable')
  expect(work.why).toContain('Its results cannot be sent: frame: 5000000 bytes')
})
