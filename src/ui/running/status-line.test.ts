import { expect, test } from 'vitest'
import type { ProviderState } from '../../provider/state.ts'
import { statusLine } from './status-line.ts'

const view = (part: object): ProviderState =>
  ({
    phase: 'running',
    idle: undefined,
    jobs: [],
    running: 0,
    governed: {},
    ...part,
  }) as unknown as ProviderState

test('a provider that works names the job', () => {
  const line = statusLine(
    view({
      running: 2,
      jobs: [
        { kind: 'open', name: 'a' },
        { kind: 'working', name: 'b' },
      ],
    }),
  )
  expect(line).toEqual({ kind: 'running', text: 'Working on b. Units in progress: 2.' })
})

test('a provider that does not work says the reason it was given', () => {
  const line = statusLine(view({ idle: { code: 'relay', text: 'No relay answers.' } }))
  expect(line).toEqual({ kind: 'idle', text: 'No relay answers.' })
})

test('a pause says how long it lasts', () => {
  expect(statusLine(view({ phase: 'paused' })).text).toBe('Paused until you resume.')
  expect(statusLine(view({ phase: 'paused', pausedUntil: Date.now() })).text).toMatch(/^Paused until .*\d/)
})

test('what the governor stops for is told as a pause', () => {
  const idle = { code: 'battery', text: 'This computer runs on battery' }
  expect(statusLine(view({ idle, governed: { paused: idle } }))).toEqual({ kind: 'paused', text: idle.text })
})

test('a follower and a failure are told apart from waiting', () => {
  expect(statusLine(view({ phase: 'follower' })).kind).toBe('follower')
  expect(statusLine(view({ phase: 'failed', idle: { code: 'failed', text: 'storage is full' } }))).toEqual({
    kind: 'failed',
    text: 'storage is full',
  })
})
