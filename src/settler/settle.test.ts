import { expect, test } from 'vitest'
import { payee, Scene } from './test-scene.ts'

test('a statement is on disk before it leaves', async () => {
  const scene = new Scene()
  scene.earn(1, 10n)
  scene.isEnd = true
  await scene.run()
  expect(scene.log).toEqual(['statement strict', 'deliver 0.1', 'posted', 'claimed'])
})

test('a payee hears of what is new for it, and of the last statement of an epoch in any case', async () => {
  const scene = new Scene()
  for (const n of [1, 2, 3]) scene.earn(n, 10n)
  scene.onTurn = () => {
    if (scene.turns === 1) scene.earn(2, 20n)
    if (scene.turns === 2) scene.earn(4, 10n)
    if (scene.turns === 3) scene.earn(1, 11n)
    scene.isEnd = scene.turns >= 3
  }
  await scene.run()
  expect(scene.told).toEqual([[1, 2, 3], [2], [4], [1, 2, 3, 4]])
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
