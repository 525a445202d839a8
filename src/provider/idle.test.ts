import { expect, test } from 'vitest'
import { IDLE_REASONS } from '../protocol/work/message.ts'
import type { IdleFacts } from './idle.ts'
import { explainIdle } from './idle.ts'

const working = { kind: 'working', why: '', name: 'Bunny' } as const
const calm: IdleFacts = {
  isPaused: false,
  halt: undefined,
  relay: { kind: 'connected', text: 'Connected' },
  chainTrouble: '',
  jobs: [working],
  isConnecting: false,
  isLoading: false,
  stopped: undefined,
  said: undefined,
}

test.each<[string, Partial<IdleFacts>, string]>([
  ['a pause', { isPaused: true, chainTrouble: 'no answer' }, 'paused'],
  [
    'what the governor stops for',
    { halt: { code: 'battery', text: 'On battery' }, isLoading: true },
    'battery',
  ],
  ['a chain that does not answer', { chainTrouble: 'no answer', isLoading: true }, 'chain'],
  ['work that is not signed for', { stopped: { code: 'unsigned', text: '3 results wait' } }, 'unsigned'],
  ['a kernel that is fetched', { isLoading: true }, 'loading'],
  ['a publisher that is dialled', { isConnecting: true }, 'connecting'],
  ['a publisher without a unit for us', {}, 'waiting'],
  ['no relay', { jobs: [], relay: { kind: 'lost', text: 'No relay' } }, 'relay'],
  ['no job', { jobs: [{ ...working, kind: 'ended' }] }, 'no-jobs'],
  ['jobs that do not suit', { jobs: [{ ...working, kind: 'skipped', why: 'skipped by you' }] }, 'none-suits'],
])('%s is told as the reason for idling', (_, change, code) => {
  const idle = explainIdle({ ...calm, ...change })
  expect(idle.code).toBe(code)
  expect(idle.text).not.toBe('')
})

test('what the publisher said is passed on in words', () => {
  const texts = IDLE_REASONS.map((said) => explainIdle({ ...calm, said }).text)
  expect(new Set(texts).size).toBe(IDLE_REASONS.length)
})

test('why a job is not worked on is told with its name', () => {
  const jobs = [{ kind: 'refused', why: 'the escrow holds no such job', name: 'Bunny' }] as const
  expect(explainIdle({ ...calm, jobs }).text).toBe(
    'None of the 1 open jobs is worked on here (Bunny: the escrow holds no such job)',
  )
})
