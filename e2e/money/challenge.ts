import { expect, test } from '@playwright/test'
import { balanceOf } from '../../src/chain/chain.ts'
import { post } from '../../src/chain/escrow/epochs.ts'
import { readDispute, readEpoch, readJob } from '../../src/chain/escrow/read-escrow.ts'
import type { PrivateKey } from '../../src/protocol/account.ts'
import { accountOf, makeKey } from '../../src/protocol/account.ts'
import { signStatement } from '../../src/protocol/statement/statement.ts'
import { buildTree, rootOf } from '../../src/protocol/statement/sum-tree.ts'
import { toWei } from '../../src/protocol/wei.ts'
import type { WorkMessage } from '../../src/protocol/work/message.ts'
import { squareDraft } from '../support/network/job.ts'
import type { OddPublisher } from '../support/network/odd-publisher.ts'
import { startOddPublisher } from '../support/network/odd-publisher.ts'
import type { NetworkProcess } from '../support/network/process.ts'
import { startNetwork } from '../support/network/process.ts'
import type { Visitor } from '../support/network/visitor.ts'
import { begin, makeVisitor, PATIENCE, readAccount, readShown, setField } from '../support/network/visitor.ts'

// A settler signs a promise to a visitor and puts another tree on the chain in its place. Nobody helps the visitor's tab.
test.describe.configure({ timeout: 180_000 })

type Promised = Extract<WorkMessage, { kind: 'statement' }>

const HOUR_MS = 3_600_000
const JOB = { name: 'Broken promises', units: 100_000, spin: 5_000_000, priceWei: '1000000000' }
let network: NetworkProcess
let odd: OddPublisher
let visitor: Visitor
let promised: Promised | undefined
let settler: PrivateKey | undefined

test.beforeAll(async ({ browser }) => {
  network = await startNetwork({ hasSamples: false })
  odd = await startOddPublisher(network, {
    thrift: { minAgeMs: HOUR_MS, maxAgeMs: HOUR_MS, costMultiple: 50n },
    // The visitor is told one promise, again and again.
    say(message, key) {
      if (message.kind !== 'statement') return message
      settler = key
      promised ??= message
      return promised
    },
  })
  visitor = await makeVisitor(browser)
})
test.afterAll(async () => {
  await visitor?.context.close()
  await odd?.stop()
  await network?.stop()
})

test('a tab whose promise is broken challenges by itself, and the bond pays it what is missing', async () => {
  const { chain } = network
  const { page } = visitor
  const jobId = await odd.engine.publish(squareDraft(JOB))
  await begin(page, network.url)
  await setField(page, 'throttle', '100')
  const payee = await readAccount(page, 'payee')
  await expect.poll(() => readShown(page, 'promised'), PATIENCE).toBeGreaterThan(0n)
  if (promised === undefined || settler === undefined) throw new Error('nothing was promised')
  const missing = promised.leaf.amount
  expect(await readShown(page, 'promised')).toBe(missing)
  expect(await balanceOf(chain, payee)).toBe(0n)
  const before = await readJob(chain, jobId)

  const tree = buildTree([{ account: accountOf(makeKey()), amount: toWei(1n), earned: toWei(1n), index: 0 }])
  const { statement } = promised.signed
  const lie = { ...statement, ...rootOf(tree), depth: tree.depth, isLast: true }
  const domain = { chainId: network.network.chainId, escrow: network.network.escrow }
  await post(chain, settler, { opening: promised.opening, signed: signStatement(lie, domain, settler) })
  expect(await readEpoch(chain, { jobId, epoch: statement.epoch })).toMatchObject({ root: lie.root })

  const notice = (kind: string) => page.locator(`[data-testid=notice][data-kind=${kind}]`)
  await expect(notice('challenged').first()).toContainText('less than was promised: challenged', PATIENCE)
  expect(await readDispute(chain, jobId, payee)).toMatchObject({ promised: promised.leaf.earned, fee: 0n })
  await expect(notice('compensated')).toContainText('The settler broke its promise: the bond paid', PATIENCE)
  expect(await balanceOf(chain, payee)).toBe(missing)
  expect(await readDispute(chain, jobId, payee)).toMatchObject({ due: 0, compensated: missing })
  expect((await readJob(chain, jobId))?.bond).toBe((before?.bond ?? 0n) - 2n * missing)
  await expect.poll(() => readShown(page, 'paid'), PATIENCE).toBe(missing)
  expect(await readShown(page, 'promised')).toBe(0n)
  expect(visitor.faults).toEqual([])
})
