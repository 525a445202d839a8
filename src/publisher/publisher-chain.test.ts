import { expect, test } from 'vitest'
import { balanceOf } from '../chain/chain.ts'
import { claimMany } from '../chain/escrow/payouts.ts'
import { readJob } from '../chain/escrow/read-escrow.ts'
import { ask } from '../chain/escrow/test-job.ts'
import { openMemoryStore } from '../store/memory-store.ts'
import { openPublisher } from './publisher.ts'
import { chain, draft, expectSettled, publisher, Stage, squares, until } from './test-stage.ts'

test('a reorg while the job closes brings nobody to loss: it is opened, posted, paid and closed once more', async () => {
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const jobId = await engine.publish(draft(20))
  const snapshot = await ask(chain, 'evm_snapshot')
  const guests = [1, 2].map(() => stage.connect(jobId, squares))
  await until(() => engine.show().jobs[0]?.phase === 'closing', 'the close')
  await new Promise((resolve) => setTimeout(resolve, 500)) // it has seen these blocks
  await ask(chain, 'evm_revert', snapshot)
  await ask(chain, 'anvil_mine', '0x40')
  expect(await readJob(chain, jobId)).toMatchObject({ state: 'open', committed: 0n })
  await engine.over(jobId)
  const [job] = engine.show().jobs
  if (job === undefined) throw new Error('no job')
  await expectSettled(job)
  for (const guest of guests)
    expect(await balanceOf(chain, guest.account)).toBe(BigInt(guest.units.length) * 1000n)
  expect(job.payments).toHaveLength(new Set(job.payments.map(({ payee, epoch }) => `${payee} ${epoch}`)).size)
  stage.cut()
})

test('a job that leaves claims to its payees closes with their money in the escrow, and they can take it', async () => {
  const stage = new Stage(openMemoryStore())
  const end = new AbortController()
  const engine = await openPublisher({ ...stage.parts, claims: 'none' }, end.signal)
  const jobId = await engine.publish(draft(10))
  const guests = [1, 2].map(() => stage.connect(jobId, squares))
  await engine.over(jobId)
  const [job] = engine.show().jobs
  if (job === undefined) throw new Error('no job')
  expect(job).toMatchObject({ phase: 'closed', claimed: 0n, promised: 20_000n, payments: [] })
  expect(job.counts).toMatchObject({ accepted: 10, paid: 0 })
  expect(job.refunded + job.promised).toBe(job.budget)
  for (const { account, stream } of guests) {
    expect(await balanceOf(chain, account)).toBe(0n)
    const leaves = stream.sent.flatMap((message) => {
      if (message.kind !== 'statement' || !message.signed.statement.isLast) return []
      return [{ jobId, epoch: message.signed.statement.epoch, leaf: message.leaf, proof: message.proof }]
    })
    await claimMany(chain, publisher, leaves)
    expect(await balanceOf(chain, account)).toBe(10_000n)
  }
  end.abort()
})
