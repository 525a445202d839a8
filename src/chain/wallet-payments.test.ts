import { afterAll, expect, test } from 'vitest'
import { accountOf } from '../protocol/account.ts'
import { claim } from './escrow/payouts.ts'
import { someone, startStage } from './escrow/test-job.ts'
import { compileTokens } from './token/test-tokens.ts'
import { EarnedReader } from './wallet-payments.ts'

const { chain, settler, stop, earn, publisher } = await startStage()
const tokens = await compileTokens(chain, settler)

afterAll(() => stop())

test('the payments of the escrow to an account are found, with job, epoch and transaction', async () => {
  const [mine, other] = [someone(), someone()]
  const paid = []
  for (const amount of [10n, 30n]) {
    const { jobId, leaves } = await earn([
      [mine, amount],
      [other, 20n],
    ])
    for (const leaf of leaves) paid.push({ jobId, hash: (await claim(chain, settler, leaf)).hash })
  }
  const reader = new EarnedReader(chain, [mine])
  const { earned, fromBlock } = await reader.read()
  expect(fromBlock).toBe(0n)
  expect(earned).toMatchObject([
    { account: mine, epoch: 0, amount: 30n, token: undefined, ...paid[2] },
    { account: mine, epoch: 0, amount: 10n, token: undefined, ...paid[0] },
  ])
  expect(Math.abs((earned[0]?.at ?? 0) - Date.now())).toBeLessThan(600_000)
  expect((await new EarnedReader(chain, [mine, other]).read()).earned).toHaveLength(4)
  const { leaves } = await earn([[mine, 40n]])
  for (const leaf of leaves) await claim(chain, settler, leaf)
  expect((await reader.read()).earned.map(({ amount }) => amount)).toEqual([40n, 30n, 10n])
})

test('what was paid in a token is told in it, with its address', async () => {
  const mine = someone()
  const named = await tokens.deploy('Token', 0n)
  await tokens.mint(named, accountOf(publisher), 2_000_000n)
  const { leaves } = await earn([[mine, 7n]], { token: named })
  for (const leaf of leaves) await claim(chain, settler, leaf)
  const { earned } = await new EarnedReader(chain, [mine]).read()
  expect(earned).toMatchObject([{ amount: 7n, token: { address: named, symbol: 'TOK', decimals: 18 } }])
})
