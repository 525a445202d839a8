import { expect, test } from 'vitest'
import { topUp } from '../../chain/escrow/jobs.ts'
import { readJob } from '../../chain/escrow/read-escrow.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import { MAX_WEI, toWei } from '../../protocol/wei.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import type { PublisherEngine } from '../publisher.ts'
import type { PublishedJob } from '../state.ts'
import { chain, draft, expectSettled, Stage, settler, squares, until } from '../test-stage.ts'

/** Six units with money for two of them: 1000 wei a replica, two replicas each. */
const partly = () => ({ ...draft(6), budget: toWei(4_000n) })

function first(engine: PublisherEngine): PublishedJob {
  const [job] = engine.show().jobs
  if (job === undefined) throw new Error('no job')
  return job
}

function expectWhole({ money }: PublishedJob): void {
  const { deposited, reserved, spent, refundable, returned } = money
  expect(reserved + spent + refundable + returned).toBe(deposited)
}

test.concurrent('a job whose budget is used up says so, goes on with what its publisher and a stranger add, and ends', async () => {
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const jobId = await engine.publish(partly())
  for (const _ of [1, 2]) stage.connect(jobId, squares)
  await until(() => first(engine).isSpent, 'the budget is used up')
  const spent = first(engine)
  expect(spent.why).toBe('The budget is used up: top up the job, or cancel it')
  expect(spent.counts).toMatchObject({ accepted: 2, open: 4 })
  expect(spent.money).toMatchObject({ deposited: 5_800n, reserved: 5_800n - spent.claimed, refundable: 0n })
  expectWhole(spent)

  await topUp(chain, settler, { jobId, token: ZERO_ADDRESS, amount: 2_000n })
  await until(() => first(engine).counts.open === 3, 'a unit is done with the money of a stranger')
  await engine.topUp(jobId, toWei(7_000n))
  expect(first(engine).money.deposited).toBe(5_800n + 9_000n)
  await engine.over(jobId)
  const job = first(engine)
  await expectSettled(job)
  expectWhole(job)
  expect(job.money).toMatchObject({ deposited: 14_800n, spent: 12_000n, returned: 2_800n, refundable: 0n })
  await expect(engine.topUp(jobId, toWei(1n))).rejects.toThrow('amount: the job is ending')
  stage.cut()
  expect(first(await new Stage(stage.store).open()).money).toEqual(job.money)
})

test.concurrent('what was added is leased and promised after a restart without asking the chain first', async () => {
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const jobId = await engine.publish(partly())
  await until(() => first(engine).phase === 'running', 'the job runs')
  await engine.topUp(jobId, toWei(14_000n))
  stage.cut()
  await engine.stopped
  const again = new Stage(stage.store)
  const resumed = await again.open()
  expect(first(resumed).budget).toBe(18_000n)
  for (const _ of [1, 2]) again.connect(jobId, squares)
  await resumed.over(jobId)
  await expectSettled(first(resumed))
  again.cut()
})

test.concurrent('an amount that cannot be added is refused by name, and nothing is sent', async () => {
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const jobId = await engine.publish(partly())
  await until(() => first(engine).phase === 'running', 'the job runs')
  const wrong = [
    [0n, 'amount: expected more than nothing'],
    [10n ** 24n, 'amount: you need 1000000 coins and some for gas, the account'],
    [MAX_WEI, 'coins: an escrow counts in 88 bits'],
  ] as const
  for (const [amount, why] of wrong) await expect(engine.topUp(jobId, toWei(amount))).rejects.toThrow(why)
  expect((await readJob(chain, jobId))?.budget).toBe(4_000n)
  stage.cut()
})

test.concurrent('a job is not begun with less than one unit costs, nor with more than the whole', async () => {
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  for (const budget of [1_999n, 18_001n]) {
    await expect(engine.publish({ ...draft(6), budget: toWei(budget) })).rejects.toThrow(
      'budget: expected 0.000000000000002 (one unit) to 0.000000000000018 (the whole job) coins',
    )
  }
  expect(await stage.store.journals('')).toEqual([])
  stage.cut()
})
