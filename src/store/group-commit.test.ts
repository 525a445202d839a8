import { expect, test } from 'vitest'
import { groupCommits } from './group-commit.ts'

test('what is added in one turn is one transaction, what arrives meanwhile is the next', async () => {
  const batches: (readonly number[])[] = []
  let finish = (): void => undefined
  const commits = groupCommits<number>((batch) => {
    batches.push(batch)
    return new Promise((resolve) => {
      finish = resolve
    })
  })
  const first = [1, 2, 3].map((item) => commits.add(item))
  await Promise.resolve()
  const second = [4, 5].map((item) => commits.add(item))
  expect(batches).toEqual([[1, 2, 3]])
  finish()
  await Promise.all(first)
  await Promise.resolve()
  expect(batches).toEqual([
    [1, 2, 3],
    [4, 5],
  ])
  finish()
  await Promise.all(second)
})

test('nothing is acknowledged before its transaction is complete', async () => {
  let finish = (): void => undefined
  const commits = groupCommits<number>(
    () =>
      new Promise((resolve) => {
        finish = resolve
      }),
  )
  let isDone = false
  const added = commits.add(1).then(() => {
    isDone = true
  })
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(isDone).toBe(false)
  finish()
  await added
  expect(isDone).toBe(true)
})

test('after a failed transaction everything later fails too, so that no hole can appear', async () => {
  const batches: (readonly number[])[] = []
  const commits = groupCommits<number>(async (batch) => {
    batches.push(batch)
    throw new Error('disk full')
  })
  const failed = [commits.add(1), commits.add(2)]
  for (const add of failed) await expect(add).rejects.toThrow('disk full')
  await expect(commits.add(3)).rejects.toThrow('disk full')
  expect(batches).toEqual([[1, 2]])
})

test('idle waits for what is under way', async () => {
  const done: number[] = []
  const commits = groupCommits<number>(async (batch) => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    done.push(...batch)
  })
  void commits.add(1)
  await Promise.resolve()
  void commits.add(2)
  await commits.idle()
  expect(done).toEqual([1, 2])
  await commits.idle()
})
