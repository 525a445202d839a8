import { expect, test } from 'vitest'
import { toWei } from '../protocol/wei.ts'
import { payee, Scene, TX } from './test-scene.ts'

/** Three epochs of two payees, all posted and paid; then the scene is told `onSettled` until it ends. */
function paidScene(onSettled: (scene: Scene) => void): Scene {
  const scene = new Scene()
  scene.onTurn = () => {
    if (scene.turns <= 3) {
      scene.earn(1, BigInt(scene.turns) * 250n)
      scene.earn(2, BigInt(scene.turns) * 10n)
    }
    if (scene.turns >= 8) onSettled(scene)
    scene.isEnd = scene.turns >= 16
  }
  return scene
}

const whole = new Map([
  [payee(1), 750n],
  [payee(2), 30n],
])

test('posts and claims that a reorg removed are sent again with the same bytes, in their order', async () => {
  let isLost = false
  let before: unknown[] = []
  const scene = paidScene((scene) => {
    if (isLost) return
    isLost = true
    expect(scene.escrow.balances).toEqual(whole)
    before = scene.escrow.epochs.map(({ signed }) => signed)
    scene.escrow.epochs.length = 1
    scene.escrow.log.length = 0
    scene.escrow.balances.set(payee(1), 250n).set(payee(2), 10n)
    settler.doubt()
  })
  const settler = scene.settler()
  await scene.run(settler)
  expect(scene.escrow.balances).toEqual(whole)
  expect(scene.escrow.log.filter((line) => line.startsWith('post'))).toEqual(['post 1.1', 'post 2.1'])
  expect(scene.escrow.epochs.map(({ signed }) => signed)).toEqual(before)
  const lost = scene.events.flatMap((event) => (event.kind === 'lost' ? [event] : []))
  expect(lost.map(({ epoch, isPost, leaves }) => [epoch, isPost, leaves.length])).toEqual([
    [1, true, 2],
    [2, true, 2],
  ])
})

test('a claim alone that a reorg removed is made again, and only that one', async () => {
  let isLost = false
  const scene = paidScene((scene) => {
    if (isLost) return
    isLost = true
    scene.escrow.epochs[1]?.paid.delete(1)
    scene.escrow.balances.set(payee(2), 20n)
    scene.escrow.log.length = 0
    settler.doubt()
  })
  const settler = scene.settler()
  await scene.run(settler)
  expect(scene.escrow.log).toEqual(['claim 1: 1'])
  expect(scene.escrow.balances).toEqual(whole)
})

test('a doubt without cause changes nothing', async () => {
  const scene = paidScene(() => settler.doubt())
  const settler = scene.settler()
  await scene.run(settler)
  expect(scene.events.map(({ kind }) => kind)).not.toContain('lost')
  expect(new Set(scene.escrow.log).size).toBe(scene.escrow.log.length)
})

test('a post of an epoch that goes on is made again when a reorg removed it', async () => {
  const scene = new Scene()
  scene.postDelay = 86_400
  scene.escrow.leftSeconds = 86_400
  scene.escrow.isInstant = false
  const settler = scene.settler()
  scene.earn(1, 300n)
  scene.onTurn = () => {
    if (scene.turns === 4) {
      expect(scene.escrow.log).toEqual(['post 0.1'])
      scene.escrow.epochs.length = 0
      scene.earn(1, 301n)
      settler.doubt()
    }
    if (scene.turns === 8) expect(scene.escrow.log).toEqual(['post 0.1', 'post 0.2'])
    scene.isEnd = scene.turns >= 8
    for (const epoch of scene.turns >= 10 ? scene.escrow.epochs : []) epoch.isFinal = true
  }
  await scene.run(settler)
  expect(scene.escrow.balances.get(payee(1))).toBe(301n)
})

test('a settler that leaves claims to the payees is done when all is posted, and takes note of what they claim', async () => {
  const scene = new Scene()
  scene.claims = 'none'
  const settler = scene.settler()
  scene.earn(1, 250n)
  scene.earn(2, 10n)
  scene.onTurn = () => {
    if (scene.turns === 3) {
      scene.escrow.epochs[0]?.paid.set(1, toWei(10n))
      settler.learn({ epoch: 0, index: 1, transaction: TX })
      settler.learn({ epoch: 0, index: 7, transaction: TX })
      settler.learn({ epoch: 9, index: 0, transaction: TX })
    }
    scene.isEnd = scene.turns >= 5
  }
  await scene.run(settler)
  expect(scene.escrow.log).toEqual(['post 0.1'])
  const claimed = scene.events.flatMap((event) => (event.kind === 'claimed' ? [event] : []))
  expect(claimed.map(({ leaves, transaction }) => [leaves.map(({ index }) => index), transaction])).toEqual([
    [[1], TX],
  ])
  // What was claimed while nobody looked is found when it looks again.
  scene.escrow.epochs[0]?.paid.set(0, toWei(250n))
  const again = await scene.restart()
  again.doubt()
  await scene.run(again)
  expect(scene.book.unpaid).toEqual([])
  expect(scene.escrow.log).toEqual(['post 0.1'])
})
