import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CHAINS, chainInfo } from './chains.ts'

test('docs/chains.md lists the chains that are known by name, as they are', () => {
  const page = readFileSync(new URL('../../docs/chains.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| (.+) \| (\d+) \| (\w+) \| (test|real) \| (\d+) \|$/gm)]
  const listed = rows.map(([, name, chainId, currency, money, confirmations]) => ({
    name,
    chainId: Number(chainId),
    currency,
    isTest: money === 'test',
    confirmations: Number(confirmations),
  }))
  expect(listed).toEqual(CHAINS)
})

test('a chain is known once, and one that is not listed waits for as long as the page says', () => {
  expect(new Set(CHAINS.map(({ chainId }) => chainId)).size).toBe(CHAINS.length)
  expect(chainInfo(424242).confirmations).toBe(12)
})
