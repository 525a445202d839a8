import { expect, test, vi } from 'vitest'
import { MAX_UNPAID_UNITS } from '../../market/exposure.ts'
import { News } from './news.ts'
import { setUp } from './test-run.ts'

/** Plays a job of two payees that earn `units` each, and counts how often the settler is woken before the job is over. */
async function ringsFor(units: number, pairs = 1): Promise<number> {
  const { coordinator, provider, events } = setUp(units * pairs + 1)
  const news = new News(coordinator)
  const ring = vi.spyOn(news.bell, 'ring')
  for (let pair = 0; pair < pairs; pair += 1) {
    const [one, two] = [provider(), provider()]
    for (const each of [one, two]) {
      for (let done = 0; done < units; done += 1) {
        coordinator.want(each.seat, 'wasm', 1)
        const lease = each.lease
        await coordinator.result(each.seat, each.answer(lease))
        each.seat.speed.wasm = 1_000 // one unit a frame
      }
    }
  }
  for (const event of events) news.take(event)
  expect(coordinator.isEnd).toBe(false)
  return ring.mock.calls.length
}

test('the settler is woken when one payee has earned half of what it leaves unsigned', async () => {
  expect(await ringsFor(MAX_UNPAID_UNITS / 2 - 1)).toBe(0)
  expect(await ringsFor(MAX_UNPAID_UNITS / 2)).toBe(1)
})

test('many payees that earn little each wake nobody', async () => {
  expect(await ringsFor(30, 5)).toBe(0)
})
