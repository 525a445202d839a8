import { afterAll, expect, test } from 'vitest'
import { balanceOf } from '../chain/chain.ts'
import { post } from '../chain/escrow/epochs.ts'
import { beginClose } from '../chain/escrow/jobs.ts'
import { readCredit, readEpoch, readJob } from '../chain/escrow/read-escrow.ts'
import { ask, someone, startStage, warp } from '../chain/escrow/test-job.ts'
import { sampleJob } from '../kernels/sample.ts'
import type { Address } from '../protocol/address.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import { testTerms } from '../protocol/escrow/test-opening.ts'
import type { SignedStatement } from '../protocol/statement/statement.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import { Book } from '../settler/book.ts'
import type { PromiseTo } from '../settler/settle.ts'
import { Settler } from '../settler/settle.ts'
import type { SettlerEvent } from '../settler/settler-event.ts'
import { openMemoryStore } from '../store/memory-store.ts'
import { jobChain } from './job-chain.ts'

const { chain, publisher, settler, stop, domain, open } = await startStage()

afterAll(() => stop())

/** A settler of a job on the chain; `onTurn` plays what happens between its statements. */
async function settle(onTurn: (scene: Scene, turn: number) => Promise<void>) {
  const { jobId, opening } = await open({ terms: testTerms({ postDelay: 60, closeDelay: 60 }) })
  const { manifest } = sampleJob('square', 0, { priceWei: '10', units: 2 })
  const job = { jobId, opening, token: undefined, manifest, price: toWei(10n), openedAt: 1 }
  const money = jobChain(chain, { publisher, settler })
  const scene: Scene = { payees: new Map(), isEnd: false, statements: [], events: [], job }
  let turns = 0
  const ports = {
    earned: () => ({ ...scene, units: 1, verdicts: jobId }),
    deliver: (promiseTo: PromiseTo) => {
      const [first] = [...scene.payees.keys()].flatMap((payee) => promiseTo(payee) ?? [])
      if (first !== undefined) scene.statements.push(first.signed)
    },
    report: (event: SettlerEvent) => void scene.events.push(event),
    journal: openMemoryStore().journal('settler'),
    escrow: money.escrow(job),
    nowMs: () => 0,
    async turn() {
      turns += 1
      await onTurn(scene, turns)
      await new Promise((resolve) => setTimeout(resolve, 50))
    },
  }
  const thrift = { minAgeMs: 1e9, maxAgeMs: 1e9, costMultiple: 50n }
  const book = new Book(jobId, opening.budget)
  const options = { book, domain, key: settler, opening, thrift, claims: 'all' as const }
  await new Settler(ports, options).run(AbortSignal.timeout(20_000))
  return { ...scene, close: () => money.close(job, AbortSignal.timeout(20_000)) }
}

type Scene = {
  readonly payees: Map<Address, Wei>
  isEnd: boolean
  readonly statements: SignedStatement[]
  readonly events: SettlerEvent[]
  readonly job: Parameters<ReturnType<typeof jobChain>['escrow']>[0]
}

test('what an older statement lacks that an outsider made final is paid in the next epoch, and the job closes', async () => {
  const [ann, bob] = [someone(), someone()]
  const { job, events, close } = await settle(async (scene, turn) => {
    if (turn === 1) scene.payees.set(ann, toWei(100n))
    if (turn === 4) {
      const [signed] = scene.statements
      if (signed === undefined) throw new Error('nothing was promised')
      await post(chain, publisher, { opening: scene.job.opening, signed })
      await warp(chain, 61)
      scene.payees.set(ann, toWei(120n)).set(bob, toWei(50n))
    }
    scene.isEnd = turn >= 8
  })
  expect(await readEpoch(chain, { jobId: job.jobId, epoch: 0 })).toMatchObject({
    seq: 1,
    total: 100n,
    claimed: 100n,
  })
  expect(await readEpoch(chain, { jobId: job.jobId, epoch: 1 })).toMatchObject({ total: 70n, claimed: 70n })
  expect([await balanceOf(chain, ann), await balanceOf(chain, bob)]).toEqual([120n, 50n])
  expect(events.filter(({ kind }) => kind === 'trouble')).toEqual([])
  await beginClose(chain, publisher, job.opening)
  await warp(chain, 62)
  expect(await close()).toEqual({ refund: job.opening.budget - 170n, bond: job.opening.bond })
  expect((await readJob(chain, job.jobId))?.state).toBe('closed')
})

test('a payee that refuses coins is named, and the others are paid', async () => {
  const [ann, contract] = [someone(), someone()]
  await ask(chain, 'anvil_setCode', contract, '0x60006000fd')
  const { events } = await settle(async (scene) => {
    scene.payees.set(ann, toWei(7n)).set(contract, toWei(8n))
    scene.isEnd = true
  })
  expect(await balanceOf(chain, ann)).toBe(7n)
  expect(await readCredit(chain, ZERO_ADDRESS, contract)).toBe(8n)
  expect(events.at(-1)).toMatchObject({
    kind: 'credited',
    epoch: 0,
    leaves: [{ account: contract, amount: 8n }],
  })
})
