import { expect, test } from 'vitest'
import { MAX_UNPAID_WORK_MS, STATEMENT_INTERVAL_MS } from '../../market/exposure.ts'
import type { Stake } from './why-stop.ts'
import { whyStop } from './why-stop.ts'

const calm: Stake = {
  exposure: { units: 0, workMs: 0, oldestAt: undefined },
  maxUnpaid: 200,
  nowMs: 0,
  unposted: 0n,
  bond: 100n,
  currency: { symbol: 'ETH', decimals: 18 },
  listTrouble: '',
}

test('nothing at stake stops nobody, nor do promises up to half the bond', () => {
  expect(whyStop(calm)).toBeUndefined()
  expect(whyStop({ ...calm, unposted: 50n })).toBeUndefined()
})

test.each<[string, Partial<Stake>, string, RegExp]>([
  [
    'as many unpaid results as the visitor leaves',
    { exposure: { units: 30, workMs: MAX_UNPAID_WORK_MS, oldestAt: undefined }, maxUnpaid: 30 },
    'unsigned',
    /^30 results wait .* no more than 30 /,
  ],
  [
    'a result that waits too long for a signature',
    { exposure: { units: 1, workMs: 1, oldestAt: 0 }, nowMs: 2 * STATEMENT_INTERVAL_MS },
    'unsigned',
    /^1 results wait for a signature, the oldest for 60 s$/,
  ],
  [
    'promises beyond half the bond that are not posted',
    { unposted: 51n },
    'unposted',
    /^0.000000000000000051 ETH are promised and not posted; the bond of 0.0000000000000001 ETH /,
  ],
  ['a list that nobody has', { listTrouble: 'The list of epoch 3 is not to be had' }, 'unlisted', /epoch 3/],
])('%s ends the work and is named', (_, change, code, text) => {
  expect(whyStop({ ...calm, ...change })).toEqual({ code, text: expect.stringMatching(text) })
})
