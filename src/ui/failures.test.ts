import { expect, test } from 'vitest'
import { UNIT_FAILURES } from '../protocol/work/message.ts'
import { failedRuns, failureText } from './failures.ts'
import { text } from './jobs/strings.ts'

test('the page of a job counts a GPU that does not answer under its own words, and says who may run the unit next', () => {
  const [lost, wedged] = failedRuns({ failures: { wedged: 3, 'device-lost': 2 } }).toSorted((a, b) =>
    a.code.localeCompare(b.code),
  )
  expect(lost).toEqual({ code: 'device-lost', count: 2, follows: 'again' })
  expect(wedged).toEqual({ code: 'wedged', count: 3, follows: 'machine' })
  expect(failureText('wedged')).toBe('graphics card does not answer')
  expect(text('follows.machine')).toContain('It is given up when it has failed for six')
})

test('every state of a failed unit has words of its own', () => {
  expect(new Set(UNIT_FAILURES.map((code) => failureText(code))).size).toBe(UNIT_FAILURES.length)
})
