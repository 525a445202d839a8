import { describe, expect, test } from 'vitest'
import { payee, Scene } from './test-scene.ts'

/** Somebody who was promised posts statement `nth` of the settler. */
async function postAsOutsider(scene: Scene, nth: number, { isFinal }: { isFinal: boolean }): Promise<void> {
  const signed = scene.statements[nth]
  if (signed === undefined) throw new Error(`there is no statement ${nth}`)
  await scene.escrow.post(signed)
  const posted = scene.escrow.epochs[signed.statement.epoch]
  if (posted !== undefined) posted.isFinal = isFinal
}

/** Two payees earn, and the first statement of two becomes final before the settler has ended the epoch. */
function strand(scene: Scene): void {
  scene.earn(1, 100n)
  scene.onTurn = () => {
    if (scene.turns === 1) {
      scene.earn(1, 120n)
      scene.earn(2, 50n)
    }
    if (scene.turns === 2) void postAsOutsider(scene, 0, { isFinal: true })
    if (scene.turns === 5) scene.earn(2, 60n)
    scene.isEnd = scene.turns >= 6
  }
}

const whole = new Map([
  [payee(1), 120n],
  [payee(2), 60n],
])

test('what an older statement lacks that became final is promised again and paid, to the wei', async () => {
  const scene = new Scene()
  strand(scene)
  await scene.run()
  expect(scene.escrow.balances).toEqual(whole)
  expect(scene.events.filter(({ kind }) => kind === 'carried')).toEqual([
    { kind: 'carried', epoch: 0, missing: 70n },
  ])
  expect(scene.escrow.epochs.map(({ paid }) => [...paid.values()])).toEqual([[100n], [20n, 60n]])
  expect(scene.escrow.log.filter((line) => line.startsWith('post'))[0]).toBe('post 0.1')
})

test('an older statement that is still pending is replaced by the last one of its epoch', async () => {
  const scene = new Scene()
  scene.earn(1, 100n)
  scene.onTurn = () => {
    if (scene.turns === 1) scene.earn(1, 120n)
    if (scene.turns === 2) void postAsOutsider(scene, 0, { isFinal: false })
    if (scene.turns === 6) expect(scene.escrow.log).toEqual(['post 0.1', 'post 0.3', 'claim 0: 0'])
    scene.isEnd = scene.turns >= 6
  }
  await scene.run()
  expect(scene.escrow.balances.get(payee(1))).toBe(120n)
  expect(scene.events.filter(({ kind }) => kind === 'carried' || kind === 'trouble')).toEqual([])
})

test('of epochs that ended while the chain was away, one that became final early is made good in a later one', async () => {
  const scene = new Scene()
  scene.earn(1, 100n)
  scene.escrow.isReachable = false
  scene.onTurn = () => {
    if (scene.turns <= 5) scene.earn(1, BigInt(scene.turns + 1) * 100n)
    if (scene.turns !== 7) return
    expect(scene.statements.at(-1)?.statement.epoch).toBeGreaterThan(0)
    scene.escrow.isReachable = true
    void postAsOutsider(scene, 0, { isFinal: true })
    scene.isEnd = true
  }
  await scene.run()
  expect(scene.escrow.balances.get(payee(1))).toBe(600n)
  expect(scene.escrow.epochs[0]?.signed.statement).toMatchObject({ seq: 1, total: 100n })
})

test('a statement on chain that the journal does not know is told, and nothing is promised twice', async () => {
  const [scene, other] = [new Scene(), new Scene()]
  other.earn(3, 7n)
  other.isEnd = true
  await other.run()
  scene.earn(1, 100n)
  scene.statements.push(...other.statements)
  scene.onTurn = () => {
    if (scene.turns === 1) void postAsOutsider(scene, 0, { isFinal: true })
  }
  await expect(scene.run()).rejects.toThrow('it did not come to an end')
  const troubles = scene.events.flatMap((event) => (event.kind === 'trouble' ? [event.failure.message] : []))
  expect(troubles[0]).toContain("statement 0.1, which is not in this settler's journal")
  expect(scene.escrow.balances.size).toBe(0)
})

describe('a crash while that is written down is made good by a new settler', () => {
  test.each(['before', 'after'] as const)('%s the record', async (when) => {
    const scene = new Scene()
    strand(scene)
    scene.onAppend = (kind, moment) => {
      if (kind === 'replaced' && moment === when) throw new Error('power cut')
    }
    await expect(scene.run()).rejects.toThrow('power cut')
    scene.onAppend = () => undefined
    scene.onTurn = () => undefined
    scene.earn(2, 60n)
    scene.isEnd = true
    await scene.run(await scene.restart())
    expect(scene.escrow.balances).toEqual(whole)
    const truths = scene.statements.map(
      ({ statement }) => `${statement.epoch}.${statement.seq} ${statement.root}`,
    )
    const places = new Set(scene.statements.map(({ statement }) => `${statement.epoch}.${statement.seq}`))
    expect(new Set(truths).size).toBe(places.size)
  })
})
