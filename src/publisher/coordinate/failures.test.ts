import { expect, test } from 'vitest'
import { readAddress } from '../../protocol/address.ts'
import type { UnitFailure } from '../../protocol/work/message.ts'
import { Failures } from './failures.ts'

const payee = (n: number) => readAddress(`0x${n.toString(16).padStart(40, '0')}`, 'payee')

function note(failures: Failures, codes: readonly UnitFailure[], others = 0): boolean[] {
  return codes.map((code, n) =>
    failures.note(payee(n), { unit: 7, code, message: 'Unit 7: out of reach' }, others),
  )
}

test('a unit that traps for three payees is given up, and it is said on how many of how many', () => {
  const failures = new Failures()
  expect(note(failures, ['trap', 'trap'], 1)).toEqual([false, false])
  expect(failures.trouble).toBe('Unit 7: trap: out of reach')
  expect(failures.note(payee(9), { unit: 7, code: 'trap', message: 'out of reach' }, 1)).toBe(true)
  expect(failures.trouble).toBe('Unit 7 fails: trap on 3 of 4 providers: out of reach')
  expect(failures.counts).toEqual({ trap: 3 })
})

test('the same payee three times, three states, or what may be the machine’s fault blame nobody yet', () => {
  const failures = new Failures()
  for (let time = 0; time < 5; time += 1)
    expect(failures.note(payee(1), { unit: 7, code: 'trap', message: '' }, 0)).toBe(false)
  expect(note(new Failures(), ['trap', 'fuel', 'memory', 'timeout', 'wedged'])).not.toContain(true)
  expect(note(new Failures(), ['timeout', 'timeout', 'timeout'])).not.toContain(true)
})

test('a unit that fails for six payees in whatever way is given up', () => {
  const failures = new Failures()
  expect(note(failures, ['timeout', 'timeout', 'timeout', 'memory', 'wedged', 'timeout'])[5]).toBe(true)
  expect(failures.trouble).toContain('Unit 7 fails: timeout, memory, wedged on 6 of 6 providers')
})

test('a lost device is counted and blames nobody, however often', () => {
  const failures = new Failures()
  expect(note(failures, Array(20).fill('device-lost'))).not.toContain(true)
  expect(failures.counts).toEqual({ 'device-lost': 20 })
  expect(failures.trouble).toBe('Unit 7: device-lost: out of reach')
})

test('a program that does not load is counted once for each payee', () => {
  const failures = new Failures()
  const load = { executor: 'wgsl', code: 'compile', message: 'line 7' } as const
  for (const n of [1, 1, 2]) failures.noteLoad(payee(n), load, 3)
  expect(failures.trouble).toBe('The WGSL program does not load on 2 of 3 providers: compile: line 7')
  expect(failures.counts).toEqual({ compile: 2 })
})
