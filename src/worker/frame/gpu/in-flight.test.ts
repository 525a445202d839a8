import { expect, test } from 'vitest'
import { InFlight } from './in-flight.ts'

const MOST = 100

/** Runs units that take so much in three slots, and notes what is on the GPU, in flight or kept, whenever one begins. */
async function runAll(loads: readonly { bytes: number; share: number }[]) {
  const slots = [0, 1, 2].map(() => ({
    bytes: 0,
    close() {
      this.bytes = 0
    },
  }))
  const inFlight = new InFlight(slots, MOST)
  const inside = new Set<{ bytes: number; share: number }>()
  const seen: { units: number; bytes: number; share: number }[] = []
  const order: number[] = []
  const queue = loads.entries()
  await Promise.all(
    slots.map(async (slot) => {
      for (const [place, load] of queue)
        await inFlight.run(
          slot,
          () => load,
          async () => {
            order.push(place)
            inside.add(load)
            slot.bytes = load.bytes
            const share = [...inside].reduce((total, each) => total + each.share, 0)
            seen.push({
              units: inside.size,
              bytes: slots.reduce((total, { bytes }) => total + bytes, 0),
              share,
            })
            await new Promise((resolve) => setTimeout(resolve, 1))
            inside.delete(load)
          },
        )
    }),
  )
  return { seen, order }
}

test('three small units are in flight at a time', async () => {
  const { seen } = await runAll(Array.from({ length: 9 }, () => ({ bytes: 30, share: 0.2 })))
  expect(Math.max(...seen.map(({ units }) => units))).toBe(3)
})

test('large units behind a small one do not share the GPU', async () => {
  const sizes = [1, 90, 90, 90, 1, 90]
  const { seen } = await runAll(sizes.map((bytes) => ({ bytes, share: 0.01 })))
  expect(seen).toHaveLength(sizes.length)
  expect(Math.max(...seen.map(({ bytes }) => bytes))).toBeLessThanOrEqual(MOST)
})

test('nor do units that keep the device busy for long', async () => {
  const { seen } = await runAll([0.1, 0.8, 0.8, 0.1, 0.8].map((share) => ({ bytes: 1, share })))
  expect(Math.max(...seen.map(({ share }) => share))).toBeLessThanOrEqual(1)
})

test('one that takes more than all runs alone, and the units come in their order', async () => {
  const sizes = [10, 10, 200, 10, 10]
  const { seen, order } = await runAll(sizes.map((bytes) => ({ bytes, share: 0.1 })))
  expect(order).toEqual([0, 1, 2, 3, 4])
  expect(seen[2]).toMatchObject({ units: 1, bytes: 200 })
})

test('a unit that cannot be planned fails, and the next ones run', async () => {
  const slot = { bytes: 0, close: () => undefined }
  const inFlight = new InFlight([slot], MOST)
  const broken = (): never => {
    throw new Error('too large')
  }
  const run = (plan: () => { bytes: number; share: number }): Promise<string> =>
    inFlight.run(slot, plan, async () => 'done')
  await expect(run(broken)).rejects.toThrow('too large')
  expect(await run(() => ({ bytes: 1, share: 0 }))).toBe('done')
})
