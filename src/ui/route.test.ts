import { expect, test } from 'vitest'
import { linkTo, parseRoute, type Route } from './route.ts'

const jobId = `0x${'1f'.repeat(32)}` as const

test.each<Route>([
  { kind: 'contribute' },
  { kind: 'jobs' },
  { kind: 'job', jobId },
  { kind: 'publish' },
  { kind: 'wallet' },
])('the link to %o leads back to it', (route) => expect(parseRoute(linkTo(route))).toEqual(route))

test('an unknown address shows the first page, an unreadable job the list', () => {
  expect(parseRoute('')).toEqual({ kind: 'contribute' })
  expect(parseRoute('#/else')).toEqual({ kind: 'contribute' })
  expect(parseRoute('#/jobs/0x12')).toEqual({ kind: 'jobs' })
  expect(parseRoute(`#/jobs/${jobId}"><script>`)).toEqual({ kind: 'jobs' })
})
