import { expect, test } from 'vitest'
import { openMemoryStore } from '../../store/memory-store.ts'
import { Pause } from './pause.ts'

test('a pause is taken up again by the next visit, with the time at which it ends', async () => {
  const { values } = openMemoryStore()
  const first = await Pause.open(values)
  expect([first.isOn, first.untilMs]).toEqual([false, undefined])
  await first.begin(5_000)
  const second = await Pause.open(values)
  expect([second.isOn, second.untilMs]).toEqual([true, 5_000])
  expect([second.isOver(4_999), second.isOver(5_000)]).toEqual([false, true])
})

test('a pause until the visitor resumes is never over by itself, and ends with the resuming', async () => {
  const { values } = openMemoryStore()
  await (await Pause.open(values)).begin(undefined)
  const next = await Pause.open(values)
  expect(next.isOn).toBe(true)
  expect(next.isOver(Number.MAX_SAFE_INTEGER)).toBe(false)
  await next.end()
  expect((await Pause.open(values)).isOn).toBe(false)
})

test('a pause holds although the browser cannot keep it', async () => {
  const { values } = openMemoryStore()
  const pause = await Pause.open({ ...values, get: values.get, set: () => Promise.reject(new Error('full')) })
  await expect(pause.begin(undefined)).rejects.toThrow('full')
  expect(pause.isOn).toBe(true)
})

test('a pause that cannot be read holds until the visitor resumes', async () => {
  const { values } = openMemoryStore()
  await values.set('pause', { untilMs: 'noon' })
  const pause = await Pause.open(values)
  expect([pause.isOn, pause.untilMs]).toEqual([true, undefined])
})
