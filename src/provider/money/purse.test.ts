import { afterAll, expect, test, vi } from 'vitest'
import { chainIdentity, chainTime, pause } from '../../chain/chain.ts'
import { post } from '../../chain/escrow/epochs.ts'
import { openJob, setSettler } from '../../chain/escrow/jobs.ts'
import { claim } from '../../chain/escrow/payouts.ts'
import { ask } from '../../chain/escrow/test-job.ts'
import { localTerms } from '../../chain/terms.ts'
import { startTestChain } from '../../chain/test-chain.ts'
import { compileTokens } from '../../chain/token/test-tokens.ts'
import { accountOf, makeKey } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import type { Opening } from '../../protocol/escrow/opening.ts'
import { jobIdOf } from '../../protocol/escrow/opening.ts'
import { testOpening } from '../../protocol/escrow/test-opening.ts'
import type { Failure } from '../../protocol/failure.ts'
import type { SignedStatement } from '../../protocol/statement/statement.ts'
import { signStatement } from '../../protocol/statement/statement.ts'
import { buildTree, proofOf, rootOf } from '../../protocol/statement/sum-tree.ts'
import { toWei } from '../../protocol/wei.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import type { Held } from './check-promise.ts'
import { PromiseDesk } from './promise-desk.ts'
import { Purse } from './purse.ts'

const { chain, publisher, settler, stop } = await startTestChain()
const chainName = await chainIdentity(chain)
const tokens = await compileTokens(chain, settler)

afterAll(() => stop())

const domain = { chainId: chainName.chainId, escrow: chain.escrow }

async function open(budget = 1_000n, token = ZERO_ADDRESS): Promise<Opening> {
  const opening = testOpening({
    publisher: accountOf(publisher),
    token,
    budget: toWei(budget),
    bond: toWei(budget),
    settler: accountOf(settler),
    terms: localTerms(await chainTime(chain)),
  })
  await openJob(chain, publisher, { opening, contact: new Uint8Array() })
  return opening
}

function promise(
  opening: Opening,
  payee: Address,
  { amount = 10n, epoch = 0, seq = 1, isLast = true, key = settler } = {},
): Held {
  const tree = buildTree([{ account: payee, amount: toWei(amount), earned: toWei(amount), index: 0 }])
  const dataHash: Hex = `0x${'0'.repeat(64)}`
  const statement = {
    jobId: jobIdOf(opening, domain),
    epoch,
    seq,
    isLast,
    depth: 0,
    units: 1,
    dataHash,
    ...rootOf(tree),
  }
  const [leaf] = tree.leaves
  if (leaf === undefined) throw new Error('no leaf')
  return { signed: signStatement(statement, domain, key), leaf, proof: proofOf(tree, 0), opening }
}

const payee = (): Address => accountOf(makeKey())

test('a promise is held, becomes claimable when it is final, and is paid once, over restarts', async () => {
  const { values } = openMemoryStore()
  const purse = await Purse.open(chain, values)
  const opening = await open()
  const held = promise(opening, payee())
  await purse.hold(held)
  expect(await purse.refresh()).toBe(false)
  expect(purse.money()).toEqual({ promised: 10n, claimable: 0n, inTransit: 0n, paid: 0n })

  const again = await Purse.open(chain, values)
  expect(again.money().promised).toBe(10n)
  await post(chain, settler, held)
  expect(await again.refresh()).toBe(true)
  expect(again.money()).toEqual({ promised: 0n, claimable: 10n, inTransit: 0n, paid: 0n })

  await claim(chain, settler, { ...held, jobId: jobIdOf(opening, domain), epoch: 0 })
  expect(await again.refresh()).toBe(true)
  expect(await again.refresh()).toBe(false)
  expect(again.money()).toEqual({ promised: 0n, claimable: 0n, inTransit: 0n, paid: 10n })

  const third = await Purse.open(chain, values)
  await third.hold(held)
  await third.hold(promise(opening, held.leaf.account, { seq: 2, amount: 11n }))
  await third.refresh()
  expect(third.money()).toEqual({ promised: 0n, claimable: 0n, inTransit: 0n, paid: 10n })
})

test('a payment is in transit until it has the confirmations of the chain', async () => {
  const careful = { ...chain, confirmations: 3 }
  const purse = await Purse.open(careful, openMemoryStore().values)
  const opening = await open()
  const held = promise(opening, payee())
  await purse.hold(held)
  await post(chain, settler, held)
  await purse.refresh()
  const [own] = purse.claimable()
  if (own === undefined) throw new Error('nothing is claimable')
  purse.noteSent([own], Date.now() + 60_000)
  expect(purse.money()).toEqual({ promised: 0n, claimable: 0n, inTransit: 10n, paid: 0n })
  expect(purse.claimable()).toEqual([])
  purse.noteSent([own], 0)
  expect(purse.money()).toMatchObject({ claimable: 10n, inTransit: 0n })
  await claim(chain, settler, own)
  await purse.refresh()
  expect(purse.money()).toEqual({ promised: 0n, claimable: 0n, inTransit: 10n, paid: 0n })
  await ask(chain, 'anvil_mine', '0x2')
  await purse.refresh()
  expect(purse.money()).toEqual({ promised: 0n, claimable: 0n, inTransit: 0n, paid: 10n })
  expect(purse.entries).toEqual([])
})

test('each payee of an epoch has a promise of its own, and what both promise is counted once', async () => {
  const { values } = openMemoryStore()
  const purse = await Purse.open(chain, values)
  const opening = await open()
  await purse.hold(promise(opening, payee()))
  await purse.hold(promise(opening, payee(), { seq: 2, amount: 12n }))
  expect(purse.money().promised).toBe(22n)
  expect((await Purse.open(chain, values)).money().promised).toBe(22n)
  expect(purse.unposted(jobIdOf(opening, domain), { epochs: 0 })).toBe(12n)
})

test('a newer statement of an epoch takes the place of an older one, never the other way round', async () => {
  const { values } = openMemoryStore()
  const purse = await Purse.open(chain, values)
  const opening = await open()
  const account = payee()
  await purse.hold(promise(opening, account, { seq: 2, amount: 20n }))
  await purse.hold(promise(opening, account, { seq: 1, amount: 10n }))
  await purse.hold(promise(opening, account, { epoch: 1, amount: 5n }))
  expect((await Purse.open(chain, values)).money().promised).toBe(25n)
  const jobId = jobIdOf(opening, domain)
  expect(purse.unposted(jobId, { epochs: 0, except: 1 })).toBe(20n)
  expect(purse.unposted(jobId, { epochs: 0 })).toBe(25n)
})

async function setUpDesk() {
  const purse = await Purse.open(chain, openMemoryStore().values)
  const troubles: Failure[] = []
  const lies: Failure[] = []
  const end = new AbortController()
  const asked = { ...chain }
  const shown: SignedStatement[] = []
  const evidence: SignedStatement[][] = []
  const ports = {
    chain: asked,
    chainName,
    purse,
    registry: { witness: async () => shown },
    moneyMs: 20,
    onTrouble: (failure: Failure) => void troubles.push(failure),
    onTwoTruths: async (...both: SignedStatement[]) => void evidence.push(both),
  }
  const desk = new PromiseDesk(ports, end.signal)
  const take = (held: Held, to: Address): Promise<void> =>
    desk.take({ held, payee: to, onHeld: () => undefined, onLie: (failure) => void lies.push(failure) })
  return { purse, troubles, lies, end, asked, shown, evidence, take }
}

test('promises that are over the budget together are not all believed', async () => {
  const { purse, lies, take } = await setUpDesk()
  const opening = await open(100n)
  const account = payee()
  await Promise.all([
    take(promise(opening, account, { amount: 60n }), account),
    take(promise(opening, account, { amount: 41n, epoch: 1 }), account),
    take(promise(opening, account, { amount: 40n, epoch: 2 }), account),
  ])
  expect(lies.map(({ code }) => code)).toEqual(['uncovered'])
  expect(purse.money().promised).toBe(100n)
})

test('a promise of a job that the escrow does not hold, or by another settler, is a lie', async () => {
  const { purse, lies, take } = await setUpDesk()
  const account = payee()
  await take(promise(testOpening(), account), account)
  await take(promise(await open(), account, { key: makeKey() }), account)
  expect(lies.map(({ message }) => message.slice(0, 19))).toEqual([
    'statement.jobId: th',
    'statement.signature',
  ])
  expect(purse.money().promised).toBe(0n)
})

test('each epoch is promised by the settler that it has', async () => {
  const { purse, lies, take } = await setUpDesk()
  const opening = await open()
  const account = payee()
  const next = makeKey()
  await setSettler(chain, publisher, { opening, settler: accountOf(next) })
  await take(promise(opening, account), account)
  await take(promise(opening, account, { epoch: 1, key: next }), account)
  expect([lies.length, purse.money().promised]).toEqual([0, 20n])
  await take(promise(opening, account, { seq: 2, key: next }), account)
  await take(promise(opening, account, { epoch: 1, seq: 2 }), account)
  expect(lies.map(({ message }) => message.slice(0, 19))).toEqual(Array(2).fill('statement.signature'))
})

test('a promise that comes while the chain does not answer is kept when it does', async () => {
  const { purse, troubles, lies, end, asked, take } = await setUpDesk()
  const opening = await open()
  const account = payee()
  const { client } = chain
  asked.client = { ...client, request: () => Promise.reject(new TypeError('fetch failed')) } as typeof client
  const taken = take(promise(opening, account), account)
  await pause(100)
  expect(purse.money().promised).toBe(0n)
  asked.client = client
  await taken
  expect(purse.money().promised).toBe(10n)
  expect(lies).toEqual([])
  expect(troubles[0]?.message).toBe('The chain does not answer: read: fetch failed')
  end.abort()
})

test('a settler that signed another statement for the same seq is found out when a relay has it', async () => {
  const { purse, lies, troubles, shown, evidence, take } = await setUpDesk()
  const opening = await open()
  const [account, other] = [payee(), payee()]
  const kept = promise(opening, account)
  shown.push(kept.signed, promise(opening, other, { key: makeKey() }).signed)
  await take(kept, account)
  expect(lies).toEqual([])
  shown.push(promise(opening, other, { seq: 2 }).signed)
  await take(promise(opening, account, { seq: 2 }), account)
  await vi.waitFor(() =>
    expect(lies.map(({ message }) => message)).toEqual([
      'statement 0.2: the settler has signed another one too; a relay has both',
    ]),
  )
  expect(evidence.map((both) => both.map(({ statement }) => statement.seq))).toEqual([[2, 2]])
  expect(purse.money().promised).toBe(10n)
  expect(troubles).toEqual([])
})

test('each token has its sums, apart from the coin’s, over restarts', async () => {
  const { values } = openMemoryStore()
  const token = await tokens.deploy('Token', 0n)
  await tokens.mint(token, accountOf(publisher), 10_000n)
  const purse = await Purse.open(chain, values)
  const [inCoins, inTokens] = [await open(), await open(1_000n, token)]
  await purse.hold(promise(inCoins, payee(), { amount: 5n }))
  const held = promise(inTokens, payee(), { amount: 70n })
  await purse.hold(held)
  expect([...purse.tokens].sort()).toEqual([ZERO_ADDRESS, token].sort())
  expect(purse.money()).toMatchObject({ promised: 5n, paid: 0n })
  expect(purse.money(token)).toMatchObject({ promised: 70n, paid: 0n })
  await post(chain, settler, { opening: inTokens, signed: held.signed })
  const { jobId, epoch } = held.signed.statement
  await claim(chain, settler, { jobId, epoch, leaf: held.leaf, proof: held.proof })
  expect(await purse.refresh()).toBe(true)
  for (const one of [purse, await Purse.open(chain, values)]) {
    expect(one.money(token)).toEqual({ promised: 0n, claimable: 0n, inTransit: 0n, paid: 70n })
    expect(one.money()).toEqual({ promised: 5n, claimable: 0n, inTransit: 0n, paid: 0n })
  }
})
