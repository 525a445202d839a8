import { expect, test } from 'vitest'
import { Spending } from './spending.ts'

const budget = { framesPerSecond: 10, bytesPerSecond: 1_000, burstSeconds: 2 }

test('a burst within the budget passes, a frame beyond it does not', () => {
  const spending = new Spending(budget)
  for (let i = 0; i < 20; i += 1) spending.book({ frames: 1, bytes: 0 })
  expect(() => spending.book({ frames: 2, bytes: 0 })).toThrow('flood: more than 10 frames per second')
})

test('bytes count by themselves', () => {
  const spending = new Spending(budget)
  spending.book({ frames: 0, bytes: 1_900 })
  expect(() => spending.book({ frames: 0, bytes: 300 })).toThrow('flood: more than 1000 bytes per second')
})

test('time gives the budget back', async () => {
  const spending = new Spending({ ...budget, framesPerSecond: 1_000 })
  spending.book({ frames: 1_990, bytes: 0 })
  await new Promise((resolve) => setTimeout(resolve, 60))
  spending.book({ frames: 50, bytes: 0 })
})
