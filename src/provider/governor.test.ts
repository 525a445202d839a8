import { expect, test } from 'vitest'
import { Governor } from './governor.ts'

/** How long a lane rests after each of these busy times, in milliseconds, at least as the timer keeps it. */
async function restsAfter(duty: number, busyMs: readonly number[]): Promise<number> {
  const governor = new Governor(duty)
  const startedAt = performance.now()
  for (const busy of busyMs) await governor.rest('lane', busy, new AbortController().signal)
  return performance.now() - startedAt
}

test('a lane rests in proportion to its work', async () => {
  expect(await restsAfter(0.5, [40])).toBeGreaterThanOrEqual(38)
  expect(await restsAfter(0.1, [10])).toBeGreaterThanOrEqual(88)
})

test('rests too short for a timer are saved up', async () => {
  expect(await restsAfter(0.5, [1, 1, 1, 1, 1, 1])).toBeGreaterThanOrEqual(4)
})

test('at full duty there is no rest, and an abort ends one', async () => {
  const governor = new Governor(0.05)
  await governor.rest('lane', 60_000, AbortSignal.abort())
  governor.duty = 1
  await governor.rest('lane', 60_000, new AbortController().signal)
})
