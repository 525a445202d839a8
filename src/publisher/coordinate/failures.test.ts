import { expect, test } from 'vitest'
import { readAddress } from '../../protocol/address.ts'
import type { UnitFailure } from '../../protocol/work/message.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import type { Journal } from '../../store/store.ts'
import { readJobRecords } from '../job-record.ts'
import { Failures } from './failures.ts'

const open = (journal = openMemoryStore().journal('job'), decided = new Set<number>()) =>
  new Failures(journal, (unit) => decided.has(unit))
const payee = (n: number) => readAddress(`0x${n.toString(16).padStart(40, '0')}`, 'payee')

function note(failures: Failures, codes: readonly UnitFailure[], others = 0): boolean[] {
  return codes.map((code, n) =>
    failures.note(payee(n), { unit: 7, code, message: 'Unit 7: out of reach' }, others),
  )
}

test('a unit that traps for three payees is given up, and it is said on how many of how many', () => {
  const failures = open()
  expect(note(failures, ['trap', 'fuel', 'trap'])).toEqual([false, false, false])
  expect(failures.trouble).toBe('Unit 7: trap: out of reach')
  expect(failures.note(payee(9), { unit: 7, code: 'trap', message: 'out of reach' }, 0)).toBe(true)
  expect(failures.trouble).toBe('Unit 7 fails: trap on 3 of 4 providers: out of reach')
  expect(failures.counts).toEqual({ trap: 3, fuel: 1 })
})

test('nobody is believed about a unit that another has run, or that the publisher can run', () => {
  const failures = open()
  expect(note(failures, ['trap', 'trap', 'trap'], 1)).not.toContain(true)
  const referee = open()
  referee.isReferee = true
  expect(note(referee, ['trap', 'trap', 'trap'])).not.toContain(true)
  expect([...referee.suspects.keys()]).toEqual([7])
  expect(referee.noteOwn({ unit: 7, code: 'timeout', message: 'slow' }, 1)).toBe(false)
  expect(referee.noteOwn({ unit: 7, code: 'timeout', message: 'slow' }, 0)).toBe(true)
  expect(referee.trouble).toBe('Unit 7 fails: timeout on 3 providers and this publisher: slow')
})

test('where the publisher tried in vain before the others did, their word counts in the end', () => {
  const failures = open()
  failures.isReferee = true
  expect(failures.noteOwn({ unit: 7, code: 'timeout', message: 'slow' }, 0)).toBe(false)
  expect(note(failures, Array(6).fill('timeout'))).toEqual([false, false, false, false, false, true])
  expect(note(failures, Array(6).fill('timeout'), 1)).not.toContain(true)
})

test('a unit that was decided is no suspect, however many say that it fails', () => {
  const failures = open(undefined, new Set([7]))
  failures.isReferee = true
  note(failures, ['trap', 'trap', 'trap'])
  expect(failures.suspects.size).toBe(0)
})

test('the same payee three times, three states, or what may be the machine’s fault blame nobody yet', () => {
  const failures = open()
  for (let time = 0; time < 5; time += 1)
    expect(failures.note(payee(1), { unit: 7, code: 'trap', message: '' }, 0)).toBe(false)
  expect(note(open(), ['trap', 'fuel', 'memory', 'timeout', 'wedged'])).not.toContain(true)
  expect(note(open(), ['timeout', 'timeout', 'timeout'])).not.toContain(true)
})

test('a unit that fails for six payees in whatever way is given up', () => {
  const failures = open()
  expect(note(failures, ['timeout', 'timeout', 'timeout', 'memory', 'wedged', 'timeout'])[5]).toBe(true)
  expect(failures.trouble).toContain('Unit 7 fails: timeout, memory, wedged on 6 of 6 providers')
})

test('a lost device is counted and blames nobody, however often', () => {
  const failures = open()
  expect(note(failures, Array(20).fill('device-lost'))).not.toContain(true)
  expect(failures.counts).toEqual({ 'device-lost': 20 })
  expect(failures.trouble).toBe('Unit 7: device-lost: out of reach')
})

test('a program that does not run is counted once for each payee', () => {
  const failures = open()
  const load = { executor: 'wgsl', code: 'compile', message: 'line 7' } as const
  for (const n of [1, 1, 2]) failures.noteLoad(payee(n), load, 3)
  expect(failures.trouble).toBe('The WGSL program does not run on 2 of 3 providers: compile: line 7')
  expect(failures.counts).toEqual({ compile: 2 })
})

test('what the publisher itself fails at is told with the providers before it; only a fault of the kernel gives the unit up', () => {
  const failures = open()
  note(failures, ['timeout', 'timeout'])
  expect(failures.noteOwn({ unit: 7, code: 'timeout', message: 'Unit 7: too long' }, 0)).toBe(false)
  expect(failures.trouble).toBe(
    'Unit 7 fails: timeout on 2 providers and this publisher: too long. It waits for another provider',
  )
  expect(failures.noteOwn({ unit: 8, code: 'trap', message: 'unreachable' }, 0)).toBe(true)
  expect(failures.trouble).toContain(
    'Unit 8 fails: trap on this publisher: unreachable. Unit 7 fails: timeout',
  )
  expect(failures.counts).toEqual({ timeout: 2 })
})

test('a unit that waits is told beside one that was given up, until it is decided', () => {
  const decided = new Set<number>()
  const failures = open(undefined, decided)
  note(failures, ['trap', 'trap', 'trap'])
  const givenUp = failures.trouble
  failures.noteOwn({ unit: 9, code: 'timeout', message: 'slow' }, 0)
  expect(failures.trouble).toBe(
    `${givenUp}. Unit 9 fails: timeout on this publisher: slow. It waits for another provider`,
  )
  decided.add(9)
  expect(failures.trouble).toBe(givenUp)
})

test('a unit that was given up, a program that does not run and what else is wrong are all told', () => {
  const failures = open()
  note(failures, ['trap', 'trap', 'trap'])
  failures.noteLoad(payee(5), { executor: 'wasm', code: 'refused', message: 'no' }, 5)
  failures.say('The disk is full')
  expect(failures.trouble).toBe(
    'The disk is full. Unit 7 fails: trap on 3 of 3 providers: out of reach. The WASM program does not run on 1 of 5 providers: refused: no',
  )
})

/** What a publisher knows that reads the journal after a crash, and how many records it reads. */
async function reopen(journal: Journal) {
  const failures = open()
  let records = 0
  for await (const record of readJobRecords(journal)) {
    if (record.kind === 'failures') failures.restore(record)
    records += 1
  }
  return { failures, records }
}

test('counts and causes survive a crash, and go on from there', async () => {
  const journal = openMemoryStore().journal('job')
  const before = open(journal)
  note(before, ['trap', 'fuel', 'trap', 'trap'])
  before.noteLoad(payee(1), { executor: 'wgsl', code: 'unsupported', message: 'no WebGPU' }, 1)
  const { failures } = await reopen(journal)
  expect(failures.counts).toEqual({ trap: 3, fuel: 1, unsupported: 1 })
  expect(failures.trouble).toBe(before.trouble)
  note(failures, ['fuel'])
  expect(failures.counts).toEqual({ trap: 3, fuel: 2, unsupported: 1 })
})

test('a hundred thousand failures make few records, of which a crash forgets an eighth and an orderly end none', async () => {
  const journal = openMemoryStore().journal('job')
  const failures = open(journal)
  for (let unit = 0; unit < 100_000; unit += 1)
    failures.note(payee(1), { unit, code: 'device-lost', message: 'gone' }, 0)
  const crashed = await reopen(journal)
  expect(crashed.records).toBeLessThan(100)
  expect(crashed.failures.counts['device-lost']).toBeGreaterThan(87_500)
  await failures.keep()
  await failures.keep()
  const ended = await reopen(journal)
  expect(ended.failures.counts).toEqual({ 'device-lost': 100_000 })
  expect(ended.records).toBe(crashed.records + 1)
})
