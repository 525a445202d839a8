import { describe, expect, test } from 'vitest'
import { toWei } from '../protocol/wei.ts'
import { payee, Scene } from './test-scene.ts'

const DAY = 86_400

/** A scene of a chain where what is posted can be replaced for a day: nothing is final at once. */
function slowScene(): Scene {
  const scene = new Scene()
  scene.postDelay = DAY
  scene.escrow.leftSeconds = DAY
  scene.escrow.isInstant = false
  return scene
}

const posts = (scene: Scene): string[] => scene.escrow.log.filter((line) => line.startsWith('post'))

/** The chain's day is over. */
function finish(scene: Scene): void {
  for (const epoch of scene.escrow.epochs) epoch.isFinal = true
}

test('an epoch that can be replaced is posted again by a newer statement, and goes on', async () => {
  const scene = slowScene()
  scene.onTurn = () => {
    if (scene.turns <= 10) scene.earn(1, BigInt(scene.turns) * 100n)
    scene.isEnd = scene.turns >= 14
    if (scene.turns >= 18) finish(scene)
  }
  await scene.run()
  expect(posts(scene).length).toBeGreaterThan(2)
  expect(new Set(scene.statements.map(({ statement }) => statement.epoch))).toEqual(new Set([0]))
  expect(scene.escrow.epochs).toHaveLength(1)
  expect(scene.escrow.epochs[0]?.signed.statement).toMatchObject({ isLast: true, total: 1_000n })
  expect(scene.escrow.balances.get(payee(1))).toBe(1_000n)
})

test('an epoch on chain ends before it becomes final by itself, and what comes later is of the next', async () => {
  const scene = slowScene()
  scene.earn(1, 300n)
  scene.onTurn = () => {
    if (scene.turns === 4) scene.earn(1, 310n)
    if (scene.turns === 6) expect(scene.statements.every(({ statement }) => !statement.isLast)).toBe(true)
    if (scene.turns === 6) scene.escrow.leftSeconds = DAY / 2
    if (scene.turns === 10) expect(posts(scene)).toEqual(['post 0.1', 'post 0.3'])
    if (scene.turns === 10) scene.earn(2, 20n)
    scene.isEnd = scene.turns >= 12
    if (scene.turns >= 16) finish(scene)
  }
  await scene.run()
  expect(scene.escrow.epochs.map(({ signed }) => signed.statement.total)).toEqual([310n, 20n])
  expect([...scene.escrow.balances.values()]).toEqual([310n, 20n])
})

test('a post that brings fifty times its cost is made, and one that does not waits', async () => {
  const scene = slowScene()
  scene.escrow.cost = toWei(2n)
  scene.earn(1, 99n)
  scene.onTurn = () => {
    if (scene.turns === 3) scene.nowMs = 10_000
    if (scene.turns === 5) expect(posts(scene)).toEqual([])
    if (scene.turns === 5) scene.earn(1, 100n)
    if (scene.turns === 8) expect(posts(scene)).toEqual(['post 0.2'])
    if (scene.turns === 8) scene.earn(1, 199n)
    if (scene.turns === 9) scene.nowMs = 30_000
    if (scene.turns === 12) expect(posts(scene)).toEqual(['post 0.2'])
    scene.isEnd = scene.turns >= 12
    if (scene.turns >= 14) finish(scene)
  }
  await scene.run()
})

test('what is unposted grows no younger when the settler is started anew', async () => {
  const scene = slowScene()
  scene.earn(1, 10n)
  const cut = new AbortController()
  scene.onTurn = () => {
    scene.nowMs += 10_000
    if (scene.nowMs === 50_000) cut.abort()
  }
  await scene.settler().run(cut.signal)
  expect(posts(scene)).toEqual([])
  scene.onTurn = () => {
    if (scene.turns === 2) scene.nowMs = 60_000
    if (scene.turns === 4) expect(posts(scene)).toEqual(['post 0.1'])
    if (scene.turns === 4) scene.earn(1, 20n)
    if (scene.turns === 6) scene.nowMs = 100_000
    if (scene.turns === 9) expect(posts(scene)).toEqual(['post 0.1'])
    scene.isEnd = scene.turns >= 9
    if (scene.turns >= 11) finish(scene)
  }
  await scene.run(await scene.restart())
  expect(scene.log.filter((line) => line === 'unposted')).toHaveLength(2)
})

test('a settler in a hurry ends its epoch at once', async () => {
  const scene = slowScene()
  scene.earn(1, 10n)
  const settler = scene.settler()
  scene.onTurn = () => {
    if (scene.turns === 3) expect(scene.escrow.log).toEqual([])
    if (scene.turns === 3) settler.hurry()
    if (scene.turns === 5) expect(posts(scene)).toEqual(['post 0.2'])
    scene.isEnd = scene.turns >= 5
    if (scene.turns >= 6) finish(scene)
  }
  await scene.run(settler)
  expect(scene.statements.at(-1)?.statement).toMatchObject({ epoch: 0, seq: 2, isLast: true })
})

describe('a crash around a post of an epoch that goes on is made good by a new settler', () => {
  const points = (['before', 'after'] as const).flatMap((when) => [1, 2, 3].map((nth) => ({ when, nth })))
  test.each(points)('$when the $nth. record', async ({ when, nth }) => {
    const scene = slowScene()
    let seen = 0
    const earn = () => scene.earn(1, BigInt(Math.min(scene.turns, 8)) * 100n)
    scene.onTurn = () => {
      earn()
      scene.isEnd = scene.turns >= 12
    }
    scene.onAppend = (kind, moment) => {
      if (kind === 'posted' && moment === when) seen += 1
      if (seen === nth) throw new Error('power cut')
    }
    await expect(scene.run()).rejects.toThrow('power cut')
    scene.onAppend = () => undefined
    scene.earn(1, 800n)
    scene.onTurn = () => {
      if (scene.turns >= 5) finish(scene)
    }
    scene.isEnd = true
    await scene.run(await scene.restart())
    expect(scene.escrow.balances.get(payee(1))).toBe(800n)
    expect(new Set(scene.escrow.log).size).toBe(scene.escrow.log.length)
  })
})
