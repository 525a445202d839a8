import { expect, test } from 'vitest'
import { CHAINS, LOCAL_CHAIN_ID } from '../chain/chains.ts'
import { defaultTerms, localTerms } from '../chain/terms.ts'
import { STATEMENT_INTERVAL_MS } from '../market/exposure.ts'
import { choosePosting } from '../market/posting.ts'
import { toWei } from '../protocol/wei.ts'
import { pace } from './pace.ts'

test.each(CHAINS)('on $name a statement comes before a provider misses it', ({ chainId }) => {
  expect(pace({ chainId }).settling.statementMs).toBeLessThan(STATEMENT_INTERVAL_MS)
})

test.each(CHAINS)('on $name somebody claims for the payees only where gas is free', ({ chainId }) => {
  expect(pace({ chainId }).settling.claims).toBe(chainId === LOCAL_CHAIN_ID ? 'all' : 'none')
})

test.each(CHAINS)(
  'on $name an epoch at a quarter of the bond is posted, and ends with it only on the local chain',
  ({ chainId }) => {
    const isLocal = chainId === LOCAL_CHAIN_ID
    const { postDelay } = isLocal ? localTerms(0) : defaultTerms(0)
    const amounts = { total: toWei(25n), posted: toWei(0n), bond: toWei(100n), cost: toWei(1n) }
    const epoch = { ...amounts, ageMs: 0, postDelayMs: postDelay * 1000, isDue: false, isEnd: false }
    expect(choosePosting(epoch, pace({ chainId }).settling.thrift)).toBe(isLocal ? 'end' : 'post')
  },
)
