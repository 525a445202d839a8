import { expect, test } from 'vitest'
import { balanceOf } from '../chain/chain.ts'
import { readJob } from '../chain/escrow/read-escrow.ts'
import { compileTokens } from '../chain/token/test-tokens.ts'
import { accountOf, makeKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import { toWei } from '../protocol/wei.ts'
import { openMemoryStore } from '../store/memory-store.ts'
import { openPublisher } from './publisher.ts'
import { chain, draft, expectSettled, publisher, Stage, settler, squares, until } from './test-stage.ts'

const tokens = await compileTokens(chain, settler)
const owner = accountOf(publisher)

/** Six units of 1000 a replica: 18000 for results at most, and a bond of 1800. */
const paidIn = (token: Address) => ({ ...draft(6), token })

async function minted(name: string, ...args: readonly unknown[]): Promise<Address> {
  const token = await tokens.deploy(name, ...args)
  await tokens.mint(token, owner, 50_000n)
  return token
}

test.concurrent('a job in a token pays in it to its smallest unit, also after a restart, and gives the rest back', async () => {
  const token = await minted('Token', 0n)
  const stage = new Stage(openMemoryStore())
  const first = await stage.open()
  const jobId = await first.publish(paidIn(token))
  expect(await balanceOf(chain, owner, token)).toBe(50_000n - 19_800n)
  stage.cut()
  await first.stopped
  const again = new Stage(stage.store)
  const engine = await again.open()
  const guests = [1, 2].map(() => again.connect(jobId, squares))
  await engine.over(jobId)
  const [job] = engine.show().jobs
  if (job === undefined) throw new Error('no job')
  await expectSettled(job)
  expect(job).toMatchObject({ token: { address: token, symbol: 'TOK', decimals: 18 }, kept: 0n })
  expect(job).toMatchObject({ claimed: 12_000n, refunded: 6_000n, bondReturned: 1_800n })
  for (const { account, units } of guests)
    expect(await balanceOf(chain, account, token)).toBe(BigInt(units.length) * 1_000n)
  expect(await balanceOf(chain, owner, token)).toBe(38_000n)
  expect(await balanceOf(chain, chain.escrow, token)).toBe(0n)
  again.cut()
})

test.concurrent('of a token that keeps a part of the deposit only what arrived is leased and promised', async () => {
  const token = await minted('Token', 5_000n) // it keeps a half
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const jobId = await engine.publish(paidIn(token))
  const shown = () => engine.show().jobs[0]
  expect(shown()).toMatchObject({ budget: 8_100n, kept: 9_900n, bond: 1_800n })
  for (const _ of [1, 2]) stage.connect(jobId, squares)
  await until(() => shown()?.isSpent === true, 'the budget is used up')
  expect(shown()?.counts).toMatchObject({ open: 2 })
  await engine.cancel(jobId)
  await engine.over(jobId)
  const job = shown()
  if (job === undefined) throw new Error('no job')
  await expectSettled(job)
  expect(job).toMatchObject({ claimed: 8_000n, refunded: 100n, kept: 9_900n })
  expect(await balanceOf(chain, chain.escrow, token)).toBe(0n)
  stage.cut()
  expect((await new Stage(stage.store).open()).show().jobs[0]).toMatchObject({ kept: 9_900n })
})

test.concurrent('what is missing for a job in a token is named, and nothing is sent', async () => {
  const token = await minted('Token', 0n)
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const dear = { ...draft(6, '10000'), token }
  await expect(engine.publish(dear)).rejects.toThrow(
    `The job needs 0.000000000000198 TOK of the token ${token}, the account ${owner} has 0.00000000000005`,
  )
  const poor = new Stage(openMemoryStore())
  const keys = { publisher: makeKey(), settler }
  const other = await openPublisher({ ...poor.parts, keys }, AbortSignal.timeout(20_000))
  await tokens.mint(token, accountOf(keys.publisher), 50_000n)
  await expect(other.publish(paidIn(token))).rejects.toThrow('The job needs coins for gas beside the token')
  const jobId = await engine.publish({ ...paidIn(token), budget: toWei(4_000n) })
  await until(() => engine.show().jobs[0]?.phase === 'running', 'the job runs')
  await expect(engine.topUp(jobId, toWei(50_000n))).rejects.toThrow('amount: you need 0.00000000000005 TOK')
  await engine.topUp(jobId, toWei(14_000n))
  expect((await readJob(chain, jobId))?.budget).toBe(18_000n)
  expect(await stage.store.journals('')).toHaveLength(1)
  stage.cut()
})

test.concurrent('what is no plain token is refused by its reason before anything is kept', async () => {
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const rebasing = await tokens.deploy('RebasingToken')
  for (const ask of [() => engine.publish(paidIn(rebasing)), () => engine.token(rebasing)])
    await expect(ask()).rejects.toThrow(`The token ${rebasing} has sharesOf(address): its balances change`)
  await expect(engine.token(owner)).rejects.toThrow(`There is no contract at ${owner}`)
  expect(await stage.store.journals('')).toEqual([])
  const plain = await tokens.deploy('OddToken', 'Odd', 'ODD', 6)
  expect(await engine.token(plain)).toMatchObject({ symbol: 'ODD', decimals: 6, balance: 0n })
  stage.cut()
})
