import { afterAll, expect, test } from 'vitest'
import { accountOf, makeKey, signHash } from '../../protocol/account.ts'
import { FIRST_FORCED, hashForced, hashVeto } from '../../protocol/escrow/forced.ts'
import { hashHelp } from '../../protocol/escrow/help.ts'
import { testTerms } from '../../protocol/escrow/test-opening.ts'
import { proofOf, rootOf } from '../../protocol/statement/sum-tree.ts'
import { toWei } from '../../protocol/wei.ts'
import { balanceOf } from '../chain.ts'
import { answer, challenge, giveFeedback, resolve } from './disputes.ts'
import { force, post, veto } from './epochs.ts'
import { readDispute, readEpoch, readJob } from './read-escrow.ts'
import { someone, startStage, treeOf, warp } from './test-job.ts'

const { chain, publisher, settler, stop, domain, open, sign, proven, earn } = await startStage()
const DAY = 86_400
const WORD = `0x${'9'.repeat(64)}` as const

afterAll(() => stop())

/** A job whose settler promised `account` 500 wei and posted 20. */
async function cheat(account = someone()) {
  const terms = testTerms({ challengeDelay: 100 })
  const { jobId, opening } = await open({ bond: toWei(2_000n), terms })
  const promised = treeOf([[account, 500n]])
  const signed = sign(jobId, promised)
  const tree = treeOf([
    [account, 20n],
    [someone(), 1n],
  ])
  await post(chain, settler, { opening, signed: sign(jobId, tree, { seq: 2 }) })
  const [leaf = fail()] = promised.leaves
  return {
    jobId,
    opening,
    account,
    leaves: proven(jobId, tree),
    broken: { opening, signed, leaf, proof: proofOf(promised, 0) },
  }
}

test('a broken promise is challenged, answered in part, and the bond pays the rest', async () => {
  const { jobId, account, leaves, broken } = await cheat()
  const { events } = await challenge(chain, publisher, broken)
  const dispute = await readDispute(chain, jobId, account)
  expect(dispute).toMatchObject({ promised: 500n, proven: 0n, compensated: 0n, fee: 0n })
  expect(events).toMatchObject([{ kind: 'challenged', jobId, account, promised: 500n, due: dispute?.due }])
  expect((await readJob(chain, jobId))?.disputes).toBe(1)
  const said = await answer(chain, settler, { jobId, account, leaves: leaves.slice(0, 1) })
  expect(said.events).toMatchObject([{ kind: 'answered', account, proven: 20n, isSettled: false }])
  await expect(resolve(chain, publisher, { jobId, account })).rejects.toThrow('TooEarly(')
  await warp(chain, 101)
  const over = await resolve(chain, publisher, { jobId, account })
  expect(over.events[0]).toMatchObject({ kind: 'resolved', account, compensation: 480n, penalty: 480n })
  expect(await balanceOf(chain, account)).toBe(480n)
  expect(await readJob(chain, jobId)).toMatchObject({ bond: 2_000n - 960n, disputes: 0 })
  expect(await readDispute(chain, jobId, account)).toMatchObject({ proven: 20n, due: 0, compensated: 480n })
})

test('a helper who challenges gets the fee that the account signed, and no other helper does', async () => {
  const key = makeKey()
  const { jobId, account, broken } = await cheat(accountOf(key))
  const [helper, fee] = [someone(), toWei(30n)]
  const consent = signHash(hashHelp({ jobId, account, earned: toWei(500n), helper, fee }, domain), key)
  const stolen = { ...broken, help: { helper: someone(), fee, consent } }
  await expect(challenge(chain, publisher, stolen)).rejects.toThrow('WrongSigner(')
  await challenge(chain, publisher, { ...broken, help: { helper, fee, consent } })
  expect(await readDispute(chain, jobId, account)).toMatchObject({ helper, fee })
  await warp(chain, 101)
  await resolve(chain, publisher, { jobId, account })
  expect(await balanceOf(chain, helper)).toBe(30n)
  expect(await balanceOf(chain, account)).toBe(470n)
})

test('leaves that add up to the promise end a challenge', async () => {
  const account = someone()
  const { jobId, opening, tree, leaves } = await earn([[account, 20n]], {
    terms: testTerms({ challengeDelay: 100 }),
  })
  const [leaf = fail()] = tree.leaves
  await challenge(chain, publisher, { opening, signed: sign(jobId, tree), leaf, proof: proofOf(tree, 0) })
  const { events } = await answer(chain, publisher, { jobId, account, leaves })
  expect(events).toMatchObject([{ kind: 'answered', proven: 20n, isSettled: true }])
  await expect(resolve(chain, publisher, { jobId, account })).rejects.toThrow('NoDispute(')
})

test('a quorum of payees forces an epoch, and the settler can veto its root', async () => {
  const keys = [makeKey(), makeKey(), makeKey()]
  const terms = testTerms({ forceDelay: DAY, forceCap: toWei(100n) })
  const { jobId, opening, tree } = await earn(
    keys.map((key) => [accountOf(key), 40n] as const),
    { terms },
  )
  const owed = treeOf([[accountOf(makeKey()), 30n]])
  const counts = { epoch: FIRST_FORCED, depth: owed.depth, dataHash: WORD }
  const forced = { jobId, ...counts, ...rootOf(owed) }
  const attestations = keys.map((key, place) => {
    const leaf = tree.leaves[place] ?? fail()
    return { leaf, proof: proofOf(tree, place), signature: signHash(hashForced(forced, domain), key) }
  })
  const few = attestations.slice(0, 2)
  await expect(force(chain, publisher, { opening, forced, attestations: few })).rejects.toThrow('NoQuorum(')
  const { events } = await force(chain, publisher, { opening, forced, attestations })
  const epoch = await readEpoch(chain, forced)
  expect(epoch).toMatchObject({ root: forced.root, total: 30n, seq: 0 })
  expect(events).toMatchObject([{ kind: 'forced', jobId, forced, finalAt: epoch?.finalAt }])
  expect(await readJob(chain, jobId)).toMatchObject({ forced: 30n, forcedEpochs: 1, committed: 150n })

  const order = { jobId, epoch: forced.epoch, root: forced.root }
  const signature = signHash(hashVeto(order, domain), settler)
  const vetoed = await veto(chain, publisher, { order, signature })
  expect(vetoed.events).toMatchObject([{ kind: 'vetoed', jobId, epoch: forced.epoch, root: forced.root }])
  expect(await readJob(chain, jobId)).toMatchObject({ forced: 0n, committed: 120n })
})

test('both sides of a job say something about the other', async () => {
  const key = makeKey()
  const { jobId, opening, leaves } = await earn([[accountOf(key), 20n]])
  const [leaf = fail()] = leaves
  const { events } = await giveFeedback(chain, publisher, {
    opening,
    proven: leaf,
    score: 5n,
    evidence: WORD,
  })
  const sides = { account: accountOf(key), from: accountOf(publisher) }
  expect(events).toMatchObject([
    { kind: 'feedback', jobId, ...sides, weight: 20n, score: 5n, evidence: WORD },
  ])
  const stranger = giveFeedback(chain, settler, { opening, proven: leaf, score: 5n, evidence: WORD })
  await expect(stranger).rejects.toThrow('WrongCaller(')
})

function fail(): never {
  throw new Error('it is not there')
}
