import { afterAll, expect, test, vi } from 'vitest'
import { balanceOf, openChain } from '../chain.ts'
import { claim } from './payouts.ts'
import { readEpoch } from './read-escrow.ts'
import { ask, someone, startStage } from './test-job.ts'

const { chain, rpcUrl, publisher, settler, stop, earn } = await startStage()

afterAll(() => stop())

test('many sends at once from one key all arrive', async () => {
  const { leaves } = await earn(Array.from({ length: 8 }, (_, i) => [someone(), BigInt(i + 1)] as const))
  await Promise.all(leaves.map((proven) => claim(chain, settler, proven)))
  for (const { leaf } of leaves) expect(await balanceOf(chain, leaf.account)).toBe(leaf.amount)
})

test('two processes with one key do not lose a send', async () => {
  const other = openChain({ rpcUrl, pollMs: 20 })
  const { jobId, leaves } = await earn(Array.from({ length: 6 }, () => [someone(), 1n] as const))
  await Promise.all(leaves.map((proven, i) => claim(i % 2 === 0 ? chain : other, settler, proven)))
  expect(await readEpoch(chain, { jobId, epoch: 0 })).toMatchObject({ claimed: 6n })
})

test('a send that is overtaken fails with the reason, and the ones behind it go on', async () => {
  const [proven] = (await earn([[someone(), 9n]])).leaves
  if (proven === undefined) throw new Error('no leaf')
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => claim(chain, settler, proven)))
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
  expect(outcomes[2]).toMatchObject({
    reason: { code: 'reverted', message: expect.stringContaining('AlreadyClaimed(epoch 0, index 0)') },
  })
})

test('of two payers at the same moment one pays, and the other learns why it did not', async () => {
  const [proven] = (await earn([[someone(), 9n]])).leaves
  if (proven === undefined) throw new Error('no leaf')
  await ask(chain, 'evm_setAutomine', false)
  const both = Promise.allSettled([settler, publisher].map((key) => claim(chain, key, proven)))
  await vi.waitFor(async () =>
    expect(await ask(chain, 'eth_getBlockTransactionCountByNumber', 'pending')).toBe('0x2'),
  )
  await ask(chain, 'evm_mine')
  await ask(chain, 'evm_setAutomine', true)
  const outcomes = await both
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const lost = outcomes.find(({ status }) => status === 'rejected')
  expect(lost).toMatchObject({
    reason: { code: 'reverted', message: expect.stringContaining('AlreadyClaimed(') },
  })
})
