import { expect, test } from 'vitest'
import { chainInfo, LOCAL_CHAIN_ID, minDelaySeconds } from './chains.ts'
import { checkTerms, defaultTerms, localTerms } from './terms.ts'

const now = 1_800_000_000

test('the default terms are good enough on every chain, the local ones on the local chain only', () => {
  for (const chainId of [LOCAL_CHAIN_ID, 1, 8453, 11155111])
    expect(() => checkTerms(defaultTerms(now), chainId)).not.toThrow()
  expect(() => checkTerms(localTerms(now), LOCAL_CHAIN_ID)).not.toThrow()
  expect(() => checkTerms(localTerms(now), 8453)).toThrow(
    'terms.postDelay is 3 s; on chain 8453 at least 86400 s are needed',
  )
})

test.each(['postDelay', 'challengeDelay', 'closeDelay', 'forceDelay'] as const)(
  'a %s under a day is refused',
  (name) => {
    const terms = { ...defaultTerms(now), [name]: 86_399 }
    expect(() => checkTerms(terms, 10)).toThrow(`terms.${name} is 86399 s`)
  },
)

test('only the local chain has short delays, and an unknown chain is taken for real money', () => {
  expect(minDelaySeconds(LOCAL_CHAIN_ID)).toBe(1)
  expect(minDelaySeconds(1337)).toBe(86_400)
  expect(chainInfo(LOCAL_CHAIN_ID)).toMatchObject({ isTest: true, confirmations: 1 })
  expect(chainInfo(424242)).toMatchObject({ name: 'Chain 424242', isTest: false })
})
