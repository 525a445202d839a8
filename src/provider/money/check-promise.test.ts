import { expect, test } from 'vitest'
import { accountOf, makeKey } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { jobIdOf } from '../../protocol/escrow/opening.ts'
import { testOpening, testTerms } from '../../protocol/escrow/test-opening.ts'
import type { Statement } from '../../protocol/statement/statement.ts'
import { signStatement } from '../../protocol/statement/statement.ts'
import { buildTree, proofOf, rootOf } from '../../protocol/statement/sum-tree.ts'
import { toWei } from '../../protocol/wei.ts'
import type { Facts, Held } from './check-promise.ts'
import { checkPromise } from './check-promise.ts'

const settler = makeKey()
const domain = { chainId: 31337, escrow: ZERO_ADDRESS }
const opening = testOpening({ terms: testTerms({ postReserve: toWei(7n) }) })
const jobId = jobIdOf(opening, domain)
const payee = `0x${'7'.repeat(40)}` as Address
const other = `0x${'8'.repeat(40)}` as Address

const job: Facts['job'] = {
  jobId,
  state: 'open',
  settler: accountOf(settler),
  settlerFrom: 0,
  token: ZERO_ADDRESS,
  budget: toWei(107n),
  bond: toWei(10n),
  committed: toWei(0n),
  forced: toWei(0n),
  repaid: toWei(0n),
  epochs: 0,
  forcedEpochs: 0,
  disputes: 0,
  closeAt: 0,
  finalBy: 0,
}
const facts: Facts = { job, settler: accountOf(settler), domain, payee, postedWei: 0n, unpostedWei: 0n }

function promise(change: Partial<Statement> = {}, key = settler): Held {
  const amounts = [30n, 20n, 10n]
  const tree = buildTree(
    [payee, other, ZERO_ADDRESS].map((account, index) => ({
      account,
      index,
      amount: toWei(amounts[index] ?? 0n),
      earned: toWei(amounts[index] ?? 0n),
    })),
  )
  const dataHash: Hex = `0x${'0'.repeat(64)}`
  const statement = {
    jobId,
    epoch: 0,
    seq: 1,
    isLast: false,
    depth: tree.depth,
    units: 1,
    dataHash,
    ...rootOf(tree),
  }
  const [leaf] = tree.leaves
  if (leaf === undefined) throw new Error('no leaf')
  const signed = signStatement({ ...statement, ...change }, domain, key)
  return { signed, leaf, proof: proofOf(tree, 0), opening }
}

test('a promise that is signed, proven and covered passes', () => {
  expect(() => checkPromise(promise(), facts)).not.toThrow()
})

test.each<[string, Held, Partial<Facts>, string]>([
  ['another job', promise({ jobId: `0x${'5'.repeat(64)}` }), {}, 'statement.jobId'],
  [
    'the opening of another job',
    { ...promise(), opening: testOpening() },
    {},
    'opening: it is the one of job',
  ],
  ['another signer', promise({}, makeKey()), {}, "the job's settler is"],
  [
    'a statement for another escrow',
    promise(),
    { domain: { ...domain, escrow: other } },
    'opening: it is the one of job',
  ],
  ['another payee', promise(), { payee: other }, `leaf.account: it is about ${payee}`],
  [
    'a proof of the wrong length',
    { ...promise(), proof: promise().proof.subarray(1) },
    {},
    'proof: expected 88 bytes for depth 2',
  ],
  [
    'a leaf with a higher amount',
    { ...promise(), leaf: { ...promise().leaf, amount: toWei(31n) } },
    {},
    'a proof that ends in the root',
  ],
  ['a leaf at another place', { ...promise(), leaf: { ...promise().leaf, index: 1 } }, {}, 'proof'],
  ['a leaf outside the tree', { ...promise(), leaf: { ...promise().leaf, index: 4 } }, {}, 'leaf.index'],
  ['a total that the tree does not add up to', promise({ total: toWei(59n) }), {}, 'sums that add up to 59'],
  [
    'a statement over the budget',
    promise(),
    { job: { ...job, committed: toWei(41n) } },
    'the escrow still covers 59 wei',
  ],
  ['statements that are over the budget together', promise(), { unpostedWei: 41n }, '101 wei are promised'],
])('%s is refused by name', (...[, held, change, why]) => {
  expect(() => checkPromise(held, { ...facts, ...change })).toThrow(why)
})

test('a tampered sum inside the proof is refused', () => {
  const held = promise()
  const proof = held.proof.slice()
  proof[43] = (proof[43] ?? 0) + 1
  expect(() => checkPromise({ ...held, proof }, facts)).toThrow('proof')
})

test('of an epoch that is on chain only what is added needs cover: the rest is earmarked', () => {
  const posted = { ...facts, job: { ...job, committed: toWei(100n), epochs: 1 } }
  expect(() => checkPromise(promise(), { ...posted, postedWei: 60n })).not.toThrow()
  expect(() => checkPromise(promise(), { ...posted, postedWei: 70n })).not.toThrow()
  const more = { ...posted, job: { ...posted.job, committed: toWei(91n) }, postedWei: 50n }
  expect(() => checkPromise(promise(), more)).toThrow('10 wei are promised, the escrow still covers 9 wei')
})
