import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test, vi } from 'vitest'
import { accountOf, makeKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import type { Digest, Hex } from '../protocol/bytes.ts'
import { toHex } from '../protocol/bytes.ts'
import type { SignedStatement } from '../protocol/statement.ts'
import { signStatement } from '../protocol/statement.ts'
import type { SumTree } from '../protocol/sum-tree.ts'
import { buildTree, proofOf, rootOf } from '../protocol/sum-tree.ts'
import { toWei } from '../protocol/wei.ts'
import { balanceOf, chainIdentity, chainTime, ESCROW, openChain, pause } from './chain.ts'
import { deployEscrow, isDeployed } from './deploy.ts'
import { beginClose, claim, claimMany, close, jobIdOf, openJob, post } from './escrow.ts'
import { isClaimed, readEpoch, readJob } from './read-escrow.ts'
import { localTerms } from './terms.ts'
import { startTestChain } from './test-chain.ts'
import type { EscrowEvent } from './watch.ts'
import { readEvents, watchEscrow } from './watch.ts'

const MANIFEST = 'ab'.repeat(32) as Digest
const { chain, rpcUrl, publisher, settler, stop } = await startTestChain()

afterAll(() => stop())

async function openTestJob(money = { budget: 1_000_000n, bond: 100_000n }) {
  const opening = {
    salt: toHex(crypto.getRandomValues(new Uint8Array(32))),
    token: ZERO_ADDRESS,
    budget: toWei(money.budget),
    bond: toWei(money.bond),
    settler: accountOf(settler),
    manifest: MANIFEST,
  }
  const terms = { ...localTerms(await chainTime(chain)), postDelay: 1, challengeDelay: 1, closeDelay: 1 }
  return openJob(chain, publisher, { opening, terms, contact: new Uint8Array([1, 2, 3]) })
}

function treeOf(payments: readonly (readonly [Address, bigint])[]): SumTree {
  return buildTree(
    payments.map(([account, amount], index) => ({
      account,
      amount: toWei(amount),
      earned: toWei(amount),
      index,
    })),
  )
}

function sign(jobId: Hex, tree: SumTree, { epoch = 0, seq = 1, isLast = true } = {}): SignedStatement {
  const dataHash = toHex(new Uint8Array(32))
  const statement = {
    jobId,
    epoch,
    seq,
    isLast,
    depth: tree.depth,
    ...rootOf(tree),
    units: tree.leaves.length,
    dataHash,
  }
  return signStatement(statement, { chainId: 31337, escrow: chain.escrow }, settler)
}

function proven(tree: SumTree) {
  return tree.leaves.map((leaf) => ({ leaf, proof: proofOf(tree, leaf.index) }))
}

/** A loopback proxy that drops every connection until it is opened. */
async function openGate(target: string) {
  const gate = { isOpen: false, rpcUrl: '', close: () => server.close() }
  const server = createServer(async (request, response) => {
    if (!gate.isOpen) {
      request.socket.destroy()
      return
    }
    const answer = await fetch(target, {
      method: 'POST',
      body: await text(request),
      headers: { 'content-type': 'application/json' },
    })
    response.setHeader('connection', 'close').end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  gate.rpcUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return gate
}

function ask(method: string, ...params: unknown[]): Promise<unknown> {
  return chain.client.request<{ Method: string; Parameters: unknown[]; ReturnType: unknown }>({
    method,
    params,
  })
}

const someone = () => accountOf(makeKey())

test('the escrow lands on its one address, and deploying again changes nothing', async () => {
  expect(await isDeployed(chain, ESCROW)).toBe(true)
  const before = await balanceOf(chain, accountOf(settler))
  expect(await deployEscrow(chain, settler)).toBe(ESCROW)
  expect(await balanceOf(chain, accountOf(settler))).toBe(before)
})

test('a job is opened, posted, claimed and closed to the wei', async () => {
  const start = await balanceOf(chain, accountOf(publisher))
  const opened = await openTestJob()
  const [ann, bob, cat] = [someone(), someone(), someone()]
  const tree = treeOf([
    [ann, 20_000n],
    [bob, 17n],
    [cat, 3n],
  ])

  await post(chain, settler, sign(opened.jobId, tree))
  const [first, ...rest] = proven(tree)
  if (first === undefined) throw new Error('no leaf')
  await claim(chain, settler, { jobId: opened.jobId, epoch: 0, ...first })
  await claimMany(chain, settler, { jobId: opened.jobId, epoch: 0, leaves: [first, ...rest] })
  expect(await balanceOf(chain, ann)).toBe(20_000n)
  expect(await balanceOf(chain, bob)).toBe(17n)
  expect(await balanceOf(chain, cat)).toBe(3n)
  expect(await isClaimed(chain, { jobId: opened.jobId, epoch: 0, index: 2 })).toBe(true)
  expect(await isClaimed(chain, { jobId: opened.jobId, epoch: 0, index: 3 })).toBe(false)
  expect(await readEpoch(chain, { jobId: opened.jobId, epoch: 0 })).toMatchObject({
    total: 20_020n,
    claimed: 20_020n,
    isLast: true,
  })

  const begun = await beginClose(chain, publisher, opened.jobId)
  const job = await readJob(chain, opened.jobId)
  expect(job).toMatchObject({
    state: 'closing',
    committed: 20_020n,
    available: 979_980n,
    epochs: 1,
    manifest: MANIFEST,
  })
  await pause(2_000)
  const closed = await close(chain, publisher, opened.jobId)
  expect((await readJob(chain, opened.jobId))?.state).toBe('closed')
  const fees = opened.feeWei + begun.feeWei + closed.feeWei
  expect(await balanceOf(chain, accountOf(publisher))).toBe(start - fees - 20_020n)
})

test('the id of a job is known before it is opened', async () => {
  const salt = toHex(new Uint8Array(32).fill(7))
  const jobId = await jobIdOf(chain, accountOf(publisher), salt)
  expect(await readJob(chain, jobId)).toBeUndefined()
  expect(await readEpoch(chain, { jobId, epoch: 0 })).toBeUndefined()
  const opened = await openTestJob()
  const [event] = await readEvents(chain, {
    fromBlock: opened.blockNumber,
    toBlock: opened.blockNumber,
    jobId: opened.jobId,
  })
  if (event?.kind !== 'opened') throw new Error('not opened')
  expect(await jobIdOf(chain, event.publisher, event.opening.salt)).toBe(opened.jobId)
})

test('a revert becomes a failure that names the error and its numbers', async () => {
  const { jobId } = await openTestJob({ budget: 100n, bond: 10n })
  const greedy = sign(jobId, treeOf([[someone(), 101n]]))
  await expect(post(chain, settler, greedy)).rejects.toMatchObject({
    code: 'reverted',
    message: `post was refused by the contract: OverBudget(jobId ${jobId}, added 101, available 100)`,
  })
  const honest = sign(jobId, treeOf([[someone(), 5n]]))
  const forged = { ...honest, signature: greedy.signature }
  await expect(post(chain, settler, forged)).rejects.toThrow(/WrongSigner\(jobId 0x.*, settler 0x/)
  await expect(close(chain, publisher, jobId)).rejects.toThrow(`WrongState(jobId ${jobId}, state 1)`)
})

test('an account without coins is told so', async () => {
  const { jobId } = await openTestJob()
  await expect(beginClose(chain, makeKey(), jobId)).rejects.toMatchObject({ code: 'reverted' })
  await expect(post(chain, makeKey(), sign(jobId, treeOf([[someone(), 5n]])))).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('not enough coins'),
  })
})

test('many sends at once from one key all arrive', async () => {
  const { jobId } = await openTestJob()
  const tree = treeOf(Array.from({ length: 8 }, (_, i) => [someone(), BigInt(i + 1)] as const))
  await post(chain, settler, sign(jobId, tree))
  await Promise.all(proven(tree).map((leaf) => claim(chain, settler, { jobId, epoch: 0, ...leaf })))
  for (const { account, amount } of tree.leaves) expect(await balanceOf(chain, account)).toBe(amount)
})

test('two processes with one key do not lose a send', async () => {
  const other = openChain({ rpcUrl, pollMs: 20 })
  const { jobId } = await openTestJob()
  const tree = treeOf(Array.from({ length: 6 }, () => [someone(), 1n] as const))
  await post(chain, settler, sign(jobId, tree))
  await Promise.all(
    proven(tree).map((leaf, i) => claim(i % 2 === 0 ? chain : other, settler, { jobId, epoch: 0, ...leaf })),
  )
  expect(await readEpoch(chain, { jobId, epoch: 0 })).toMatchObject({ claimed: 6n })
})

test('a send that is overtaken fails with the reason, and the ones behind it go on', async () => {
  const { jobId } = await openTestJob()
  const tree = treeOf([[someone(), 9n]])
  await post(chain, settler, sign(jobId, tree))
  const [leaf] = proven(tree)
  if (leaf === undefined) throw new Error('no leaf')
  const name = { jobId, epoch: 0, ...leaf }
  const outcomes = await Promise.allSettled([
    claim(chain, settler, name),
    claim(chain, settler, name),
    claim(chain, settler, name),
  ])
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
  expect(outcomes[2]).toMatchObject({
    reason: { code: 'reverted', message: expect.stringContaining('AlreadyClaimed(') },
  })
})

test('of two payers at the same moment one pays, and the other learns why it did not', async () => {
  const { jobId } = await openTestJob()
  const tree = treeOf([[someone(), 9n]])
  await post(chain, settler, sign(jobId, tree))
  const [leaf] = proven(tree)
  if (leaf === undefined) throw new Error('no leaf')
  await ask('evm_setAutomine', false)
  const both = Promise.allSettled(
    [settler, publisher].map((key) => claim(chain, key, { jobId, epoch: 0, ...leaf })),
  )
  await vi.waitFor(async () =>
    expect(await ask('eth_getBlockTransactionCountByNumber', 'pending')).toBe('0x2'),
  )
  await ask('evm_mine')
  await ask('evm_setAutomine', true)
  const outcomes = await both
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const lost = outcomes.find(({ status }) => status === 'rejected')
  expect(lost).toMatchObject({
    reason: { code: 'reverted', message: expect.stringContaining('AlreadyClaimed(') },
  })
})

test('watching tells each event of a job once, in order, and outlives an outage', async () => {
  const { jobId, blockNumber } = await openTestJob()
  await openTestJob()
  const watching = new AbortController()
  const seen: EscrowEvent[] = []
  const outages: (string | undefined)[] = []
  const gate = await openGate(rpcUrl)
  const shaky = openChain({ rpcUrl: gate.rpcUrl, pollMs: 20 })
  const done = (async () => {
    const options = { fromBlock: blockNumber, jobId, signal: watching.signal }
    for await (const event of watchEscrow(shaky, {
      ...options,
      onOutage: (failure) => outages.push(failure?.code),
    })) {
      seen.push(event)
      if (event.kind === 'closing') watching.abort()
    }
  })()
  await vi.waitFor(() => expect(outages).toContain('unreachable'), { timeout: 10_000 })
  gate.isOpen = true
  const payee = someone()
  const tree = treeOf([[payee, 4n]])
  const signed = sign(jobId, tree)
  await post(chain, settler, signed)
  await claimMany(chain, settler, { jobId, epoch: 0, leaves: proven(tree) })
  await beginClose(chain, publisher, jobId)
  await done
  gate.close()

  expect(seen.map(({ kind }) => kind)).toEqual(['opened', 'posted', 'claimed', 'closing'])
  expect(seen[0]).toMatchObject({
    publisher: accountOf(publisher),
    contact: new Uint8Array([1, 2, 3]),
    opening: { budget: 1_000_000n },
  })
  expect(seen[1]).toMatchObject({ statement: signed.statement })
  expect(seen[2]).toMatchObject({ epoch: 0, account: payee, index: 0, amount: 4n })
  expect(outages.at(-1)).toBeUndefined()
})

test('a chain that is not there is unreachable', async () => {
  const gone = openChain({ rpcUrl: 'http://127.0.0.1:1' })
  await expect(chainIdentity(gone)).rejects.toMatchObject({ code: 'unreachable' })
}, 20_000)

test('an escrow that is not there is named, not read as empty', async () => {
  const wrong = { ...chain, escrow: someone() }
  await expect(readJob(wrong, toHex(new Uint8Array(32)))).rejects.toMatchObject({ code: 'unreachable' })
})
