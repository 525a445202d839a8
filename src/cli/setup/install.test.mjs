import { expect, test } from 'vitest'
import { differs } from './install.mjs'

const wanted = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/a-darwin-arm64': { version: '1.0.0', optional: true },
}

test.each([
  ['all is there', false, { 'node_modules/a': { version: '1.0.0' } }],
  ['nothing is there', true, {}],
  ['a package has another version', true, { 'node_modules/a': { version: '1.0.1' } }],
  [
    'an optional package is there in another version',
    true,
    { 'node_modules/a': { version: '1.0.0' }, 'node_modules/a-darwin-arm64': { version: '0.9.0' } },
  ],
])('packages are installed anew or not: %s', (_, isStale, found) => {
  expect(differs(wanted, found)).toBe(isStale)
})
