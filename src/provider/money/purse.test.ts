import { afterAll, expect, test } from 'vitest'
import { chainIdentity, chainTime, pause } from '../../chain/chain.ts'
import { claim, openJob, post } from '../../chain/escrow.ts'
import { localTerms } from '../../chain/terms.ts'
import { startTestChain } from '../../chain/test-chain.ts'
import { accountOf, makeKey } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Digest, Hex } from '../../protocol/bytes.ts'
import { toHex } from '../../protocol/bytes.ts'
import type { Failure } from '../../protocol/failure.ts'
import { signStatement } from '../../protocol/statement.ts'
import { buildTree, proofOf, rootOf } from '../../protocol/sum-tree.ts'
import { toWei } from '../../protocol/wei.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import type { Held } from './check-promise.ts'
import { PromiseDesk } from './promise-desk.ts'
import { Purse } from './purse.ts'

const { chain, publisher, settler, stop } = await startTestChain()
const chainName = await chainIdentity(chain)

afterAll(() => stop())

async function open(budget = 1_000n): Promise<Hex> {
  const opening = {
    salt: toHex(crypto.getRandomValues(new Uint8Array(32))),
    token: ZERO_ADDRESS,
    budget: toWei(budget),
    bond: toWei(budget),
    settler: accountOf(settler),
    manifest: 'ab'.repeat(32) as Digest,
  }
  const terms = localTerms(await chainTime(chain))
  return (await openJob(chain, publisher, { opening, terms, contact: new Uint8Array() })).jobId
}

function promise(
  jobId: Hex,
  payee: Address,
  { amount = 10n, epoch = 0, seq = 1, isLast = true, key = settler } = {},
): Held {
  const tree = buildTree([{ account: payee, amount: toWei(amount), earned: toWei(amount), index: 0 }])
  const dataHash: Hex = `0x${'0'.repeat(64)}`
  const statement = { jobId, epoch, seq, isLast, depth: 0, units: 1, dataHash, ...rootOf(tree) }
  const domain = { chainId: chainName.chainId, escrow: chain.escrow }
  const [leaf] = tree.leaves
  if (leaf === undefined) throw new Error('no leaf')
  return { signed: signStatement(statement, domain, key), leaf, proof: proofOf(tree, 0) }
}

const payee = (): Address => accountOf(makeKey())

test('a promise is held, becomes claimable when it is final, and is paid once, over restarts', async () => {
  const { values } = openMemoryStore()
  const purse = await Purse.open(chain, values)
  const jobId = await open()
  const held = promise(jobId, payee())
  await purse.hold(held)
  expect(await purse.refresh()).toBe(false)
  expect(purse.money).toEqual({ promised: 10n, claimable: 0n, paid: 0n })

  const again = await Purse.open(chain, values)
  expect(again.money.promised).toBe(10n)
  await post(chain, settler, held.signed)
  expect(await again.refresh()).toBe(true)
  expect(again.money).toEqual({ promised: 0n, claimable: 10n, paid: 0n })

  await claim(chain, settler, { ...held, jobId, epoch: 0 })
  expect(await again.refresh()).toBe(true)
  expect(await again.refresh()).toBe(false)
  expect(again.money).toEqual({ promised: 0n, claimable: 0n, paid: 10n })

  const third = await Purse.open(chain, values)
  await third.hold(held)
  await third.hold(promise(jobId, held.leaf.account, { seq: 2, amount: 11n }))
  await third.refresh()
  expect(third.money).toEqual({ promised: 0n, claimable: 0n, paid: 10n })
})

test('a newer statement of an epoch takes the place of an older one, never the other way round', async () => {
  const { values } = openMemoryStore()
  const purse = await Purse.open(chain, values)
  const jobId = await open()
  const account = payee()
  await purse.hold(promise(jobId, account, { seq: 2, amount: 20n }))
  await purse.hold(promise(jobId, account, { seq: 1, amount: 10n }))
  await purse.hold(promise(jobId, account, { epoch: 1, amount: 5n }))
  expect((await Purse.open(chain, values)).money.promised).toBe(25n)
  expect(purse.unposted(jobId, { from: 0, except: 1 })).toBe(20n)
  expect(purse.unposted(jobId, { from: 1, except: 7 })).toBe(5n)
})

async function setUpDesk() {
  const purse = await Purse.open(chain, openMemoryStore().values)
  const troubles: Failure[] = []
  const lies: Failure[] = []
  const end = new AbortController()
  const asked = { ...chain }
  const ports = {
    chain: asked,
    chainName,
    purse,
    moneyMs: 20,
    onTrouble: (failure: Failure) => void troubles.push(failure),
  }
  const desk = new PromiseDesk(ports, end.signal)
  const take = (held: Held, to: Address): Promise<void> =>
    desk.take({ held, payee: to, onHeld: () => undefined, onLie: (failure) => void lies.push(failure) })
  return { purse, troubles, lies, end, asked, take }
}

test('promises that are over the budget together are not all believed', async () => {
  const { purse, lies, take } = await setUpDesk()
  const jobId = await open(100n)
  const account = payee()
  await Promise.all([
    take(promise(jobId, account, { amount: 60n }), account),
    take(promise(jobId, account, { amount: 41n, epoch: 1 }), account),
    take(promise(jobId, account, { amount: 40n, epoch: 2 }), account),
  ])
  expect(lies.map(({ code }) => code)).toEqual(['uncovered'])
  expect(purse.money.promised).toBe(100n)
})

test('a promise of a job that the escrow does not hold, or by another settler, is a lie', async () => {
  const { purse, lies, take } = await setUpDesk()
  const account = payee()
  await take(promise(`0x${'1'.repeat(64)}`, account), account)
  await take(promise(await open(), account, { key: makeKey() }), account)
  expect(lies.map(({ message }) => message.slice(0, 19))).toEqual([
    'statement.jobId: th',
    'statement.signature',
  ])
  expect(purse.money.promised).toBe(0n)
})

test('a promise that comes while the chain does not answer is kept when it does', async () => {
  const { purse, troubles, lies, end, asked, take } = await setUpDesk()
  const jobId = await open()
  const account = payee()
  const { client } = chain
  asked.client = { ...client, request: () => Promise.reject(new TypeError('fetch failed')) } as typeof client
  const taken = take(promise(jobId, account), account)
  await pause(100)
  expect(purse.money.promised).toBe(0n)
  asked.client = client
  await taken
  expect(purse.money.promised).toBe(10n)
  expect(lies).toEqual([])
  expect(troubles[0]?.message).toBe('The chain does not answer: job: fetch failed')
  end.abort()
})
