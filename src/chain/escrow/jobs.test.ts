import { afterAll, expect, test } from 'vitest'
import { accountOf, makeKey, signHash } from '../../protocol/account.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import { toHex } from '../../protocol/bytes.ts'
import { hashOpenJob, jobIdOf } from '../../protocol/escrow/opening.ts'
import { testOpening, testTerms } from '../../protocol/escrow/test-opening.ts'
import { toWei } from '../../protocol/wei.ts'
import { balanceOf, chainTime, ESCROW } from '../chain.ts'
import { deployEscrow, isDeployed } from '../deploy.ts'
import { post } from './epochs.ts'
import { beginClose, claimAndOpen, close, openFor, setSettler, topUp } from './jobs.ts'
import { claim, claimMany } from './payouts.ts'
import { availableOf, isClaimed, readCredit, readEpoch, readJob, readSettler } from './read-escrow.ts'
import { someone, startStage, treeOf, warp } from './test-job.ts'

const { chain, publisher, settler, stop, domain, open, sign, proven, earn } = await startStage()

afterAll(() => stop())

test('the escrow lands on its one address, and deploying again changes nothing', async () => {
  expect(await isDeployed(chain, ESCROW)).toBe(true)
  const before = await balanceOf(chain, accountOf(settler))
  expect(await deployEscrow(chain, settler)).toBe(ESCROW)
  expect(await balanceOf(chain, accountOf(settler))).toBe(before)
})

test('a job is opened, posted, claimed and closed to the wei', async () => {
  const start = await balanceOf(chain, accountOf(publisher))
  const terms = testTerms({ postReserve: toWei(5n) })
  const opened = await open({ terms })
  const { jobId, opening } = opened
  const [ann, bob, cat] = [someone(), someone(), someone()]
  const tree = treeOf([
    [ann, 20_000n],
    [bob, 17n],
    [cat, 3n],
  ])
  await post(chain, settler, { opening, signed: sign(jobId, tree) })
  const leaves = proven(jobId, tree)
  const [first = fail()] = leaves
  await claim(chain, settler, first)
  await claimMany(chain, settler, leaves)
  for (const { account, amount } of tree.leaves) expect(await balanceOf(chain, account)).toBe(amount)
  expect(await isClaimed(chain, { jobId, epoch: 0, index: 2 })).toBe(true)
  expect(await isClaimed(chain, { jobId, epoch: 0, index: 3 })).toBe(false)
  const { root, total } = { root: sign(jobId, tree).statement.root, total: 20_020n }
  const epoch = await readEpoch(chain, { jobId, epoch: 0 })
  expect(epoch).toMatchObject({ root, total, claimed: total, seq: 1, depth: 2, isLast: true })

  const begun = await beginClose(chain, publisher, opening)
  const job = (await readJob(chain, jobId)) ?? fail()
  const sides = { token: ZERO_ADDRESS, settler: accountOf(settler), settlerFrom: 0 }
  const money = { budget: 1_000_000n, bond: 100_000n, committed: total, forced: 0n, repaid: 0n }
  const counts = { epochs: 1, forcedEpochs: 0, disputes: 0, finalBy: epoch?.finalAt }
  expect(job).toMatchObject({ jobId, state: 'closing', ...sides, ...money, ...counts })
  expect(begun.events).toMatchObject([{ kind: 'closing', jobId, closeAt: job.closeAt }])
  expect(availableOf(job, terms)).toBe(1_000_000n - total - 5n)
  await warp(chain, 3)
  const closed = await close(chain, publisher, opening)
  expect((await readJob(chain, jobId))?.state).toBe('closed')
  const fees = opened.feeWei + begun.feeWei + closed.feeWei
  expect(await balanceOf(chain, accountOf(publisher))).toBe(start - fees - total)
})

test('the id of a job is the one that the contract gives it, and known before it is opened', async () => {
  const opening = testOpening({ publisher: accountOf(publisher) })
  const jobId = jobIdOf(opening, domain)
  expect(await readJob(chain, jobId)).toBeUndefined()
  expect(await readEpoch(chain, { jobId, epoch: 0 })).toBeUndefined()
  const { events } = await open(opening)
  expect(events).toMatchObject([
    { kind: 'opened', jobId, publisher: accountOf(publisher), opening, budget: opening.budget },
    { kind: 'contact', jobId, contact: new Uint8Array([1, 2, 3]) },
  ])
})

test('a job is opened for a publisher who signed for it, with the contact and the terms it signed', async () => {
  const key = makeKey()
  const opening = testOpening({ publisher: accountOf(key), settler: accountOf(settler) })
  const order = { opening, contact: new Uint8Array([9]), deadline: (await chainTime(chain)) + 100 }
  const signature = signHash(hashOpenJob(order, domain), key)
  const signed = { ...order, signature, draw: { kind: 'approved' } } as const
  const greedy = { ...opening, terms: testTerms({ closeDelay: 2 }) }
  for (const change of [{ opening: greedy }, { contact: new Uint8Array([8]) }])
    await expect(openFor(chain, publisher, { ...signed, ...change })).rejects.toThrow('WrongSigner(')
  const { jobId } = await openFor(chain, publisher, signed)
  expect(jobId).toBe(jobIdOf(opening, domain))
  expect(await readJob(chain, jobId)).toMatchObject({ state: 'open', budget: opening.budget })
})

test('what was earned opens a job: what is missing is added, what is left over is credit', async () => {
  const me = accountOf(publisher)
  const opening = () => testOpening({ publisher: me, budget: toWei(1_000n), bond: toWei(100n) })
  const contact = new Uint8Array()
  const less = await earn([[me, 400n]])
  const before = await balanceOf(chain, me)
  const { jobId, feeWei } = await claimAndOpen(chain, publisher, {
    opening: opening(),
    contact,
    leaves: less.leaves,
  })
  expect(await balanceOf(chain, me)).toBe(before - feeWei - 700n)
  expect(await readJob(chain, jobId)).toMatchObject({ budget: 1_000n, bond: 100n })
  const more = await earn([[me, 1_500n]])
  const { events } = await claimAndOpen(chain, publisher, {
    opening: opening(),
    contact,
    leaves: more.leaves,
  })
  expect(events.map(({ kind }) => kind)).toEqual(['claimed', 'credited', 'opened', 'contact'])
  expect(await readCredit(chain, ZERO_ADDRESS, me)).toBe(400n)
})

test('anybody adds to a budget, and the closing goes on', async () => {
  const { jobId, opening } = await open()
  await beginClose(chain, publisher, opening)
  const before = await readJob(chain, jobId)
  const { events } = await topUp(chain, settler, { jobId, token: opening.token, amount: 5n })
  expect(events).toMatchObject([{ kind: 'topped-up', jobId, from: accountOf(settler), amount: 5n }])
  expect(await readJob(chain, jobId)).toEqual({ ...before, budget: 1_000_005n })
})

test('another settler signs the epochs after the next one', async () => {
  const { jobId, opening } = await open()
  const [second, third] = [makeKey(), makeKey()]
  await setSettler(chain, publisher, { opening, settler: accountOf(second) })
  const next = sign(jobId, treeOf([[someone(), 1n]]))
  await post(chain, settler, { opening, signed: next })
  await warp(chain, opening.terms.challengeDelay)
  await setSettler(chain, publisher, { opening, settler: accountOf(third) })
  const job = (await readJob(chain, jobId)) ?? fail()
  expect(job).toMatchObject({ settler: accountOf(third), settlerFrom: 2 })
  const settlers = await Promise.all([0, 1, 2, 9].map((epoch) => readSettler(chain, job, epoch)))
  expect(settlers).toEqual([settler, second, third, third].map(accountOf))
  const late = { epoch: 1, key: settler }
  const byFirst = post(chain, settler, { opening, signed: sign(jobId, treeOf([[someone(), 2n]]), late) })
  await expect(byFirst).rejects.toThrow('WrongSigner(')
  await post(chain, settler, {
    opening,
    signed: sign(jobId, treeOf([[someone(), 2n]]), { ...late, key: second }),
  })
})

test('a revert becomes a failure that names the error and its numbers', async () => {
  const { jobId, opening } = await open({ budget: toWei(100n), bond: toWei(10n) })
  const greedy = sign(jobId, treeOf([[someone(), 101n]]))
  await expect(post(chain, settler, { opening, signed: greedy })).rejects.toMatchObject({
    code: 'reverted',
    message: 'post was refused by the contract: OverBudget(added 101, available 100)',
  })
  const honest = sign(jobId, treeOf([[someone(), 5n]]))
  const forged = { ...honest, signature: greedy.signature }
  await expect(post(chain, settler, { opening, signed: forged })).rejects.toThrow(/WrongSigner\(needed 0x/)
  await expect(close(chain, publisher, opening)).rejects.toThrow(`WrongState(state 1, jobId ${jobId})`)
  const other = { ...opening, bond: toWei(11n) }
  await expect(post(chain, settler, { opening: other, signed: honest })).rejects.toThrow(
    `WrongJob(jobId ${jobId}, needed ${jobIdOf(other, domain)})`,
  )
})

test('an account without coins is told so', async () => {
  const { jobId, opening } = await open()
  await expect(beginClose(chain, makeKey(), opening)).rejects.toMatchObject({ code: 'reverted' })
  const signed = sign(jobId, treeOf([[someone(), 5n]]))
  await expect(post(chain, makeKey(), { opening, signed })).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('not enough coins'),
  })
})

test('an escrow that is not there is named, not read as empty', async () => {
  const wrong = { ...chain, escrow: someone() }
  await expect(readJob(wrong, toHex(new Uint8Array(32)))).rejects.toMatchObject({ code: 'unreachable' })
})

function fail(): never {
  throw new Error('it is not there')
}
