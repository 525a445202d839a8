import { expect, test } from 'vitest'
import { Failure } from '../../protocol/failure.ts'
import type { Frame } from '../../protocol/frame.ts'
import { FrameQueue } from './frame-queue.ts'

const frame = (request: number): Frame => ({ type: 1, request, body: null })

test('frames come out in the order they went in, before and after the reader came', async () => {
  const queue = new FrameQueue(() => undefined)
  queue.push(frame(1))
  queue.push(frame(2))
  setTimeout(() => {
    queue.push(frame(3))
    queue.end()
  }, 5)
  const seen: number[] = []
  for await (const { request } of queue) seen.push(request)
  expect(seen).toEqual([1, 2, 3])
})

test('what a reader leaves waits for the next reader', async () => {
  const queue = new FrameQueue(() => undefined)
  for (const request of [1, 2, 3]) queue.push(frame(request))
  queue.end()
  for await (const { request } of queue) {
    expect(request).toBe(1)
    break
  }
  const rest: number[] = []
  for await (const { request } of queue) rest.push(request)
  expect(rest).toEqual([2, 3])
})

test('a failure comes after what had arrived before it', async () => {
  const queue = new FrameQueue(() => undefined)
  queue.push(frame(1))
  queue.end(new Failure('unreachable', 'gone'))
  queue.push(frame(2))
  const reader = queue[Symbol.asyncIterator]()
  expect((await reader.next()).value).toEqual(frame(1))
  await expect(reader.next()).rejects.toThrow('gone')
})

test('a reader that waits is told of a failure', async () => {
  const queue = new FrameQueue(() => undefined)
  const next = queue[Symbol.asyncIterator]().next()
  queue.end(new Failure('unreachable', 'gone'))
  await expect(next).rejects.toThrow('gone')
})

test('it tells each time that a reader finds it empty', async () => {
  let calls = 0
  const queue = new FrameQueue(() => {
    calls += 1
  })
  queue.push(frame(1))
  const reader = queue[Symbol.asyncIterator]()
  await reader.next()
  expect(calls).toBe(0)
  const next = reader.next()
  expect(calls).toBe(1)
  queue.end()
  expect((await next).done).toBe(true)
  expect(calls).toBe(2)
})

test('frames that come because the reader asked are read first', async () => {
  const queue = new FrameQueue(() => {
    if (!queue.isEnded) for (const request of [1, 2]) queue.push(frame(request))
    queue.end()
  })
  const seen: number[] = []
  for await (const { request } of queue) seen.push(request)
  expect(seen).toEqual([1, 2])
})
