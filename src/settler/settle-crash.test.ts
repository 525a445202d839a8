import { describe, expect, test } from 'vitest'
import { Failure } from '../protocol/failure.ts'
import { toWei } from '../protocol/wei.ts'
import { payee, Scene, TX } from './test-scene.ts'

test('a payee that takes no coins stops nobody else: what it refuses is its credit, and told so', async () => {
  const scene = new Scene()
  for (const n of [1, 2, 3]) scene.earn(n, 10n)
  scene.escrow.refusers.add(payee(2))
  scene.isEnd = true
  await scene.run()
  expect([...scene.escrow.balances]).toEqual([
    [payee(1), 10n],
    [payee(3), 10n],
  ])
  expect([...scene.escrow.credits]).toEqual([[payee(2), 10n]])
  const told = scene.events.flatMap((event) => (event.kind === 'credited' ? event.leaves : []))
  expect(told.map(({ account }) => account)).toEqual([payee(2)])
  expect(scene.escrow.log).toEqual(['post 0.1', 'claim 0: 0,1,2'])
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

describe('a crash among statements that each tell only what is new', () => {
  const points = (['before', 'after'] as const).flatMap((when) =>
    [1, 2, 3, 4, 5].map((nth) => ({ when, nth })),
  )
  test.each(points)('$when statement $nth', async ({ when, nth }) => {
    const scene = new Scene()
    let seen = 0
    scene.onTurn = () => {
      const turn = Math.min(scene.turns, 5)
      for (let n = 1; n <= 2 * turn; n += 1) scene.earn(n, BigInt(n % 2 === 0 ? 7 : 7 * turn))
      scene.isEnd = scene.turns >= 6
    }
    scene.onAppend = (kind, moment) => {
      if (kind === 'statement' && moment === when) seen += 1
      if (seen === nth) throw new Error('power cut')
    }
    await expect(scene.run()).rejects.toThrow('power cut')
    const leftAt = scene.turns
    scene.onAppend = () => undefined
    const again = await scene.restart()
    const written = when === 'before' ? nth - 1 : nth
    expect(scene.book.open?.statement.seq ?? 0).toBe(written)
    scene.onTurn()
    await scene.run(again)

    expect(leftAt).toBe(nth)
    expect([...scene.escrow.balances.values()].toSorted()).toEqual(
      Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? 35n : 7n)).toSorted(),
    )
    expect(scene.escrow.log.filter((line) => line.startsWith('post'))).toHaveLength(1)
    const truths = scene.statements.map(({ statement }) => `${statement.seq} ${statement.root}`)
    expect(new Set(truths).size).toBe(new Set(scene.statements.map(({ statement }) => statement.seq)).size)
  })
})
