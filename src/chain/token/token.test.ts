import { erc20Abi } from 'viem'
import { getTransactionCount, readContract } from 'viem/actions'
import { afterAll, expect, test } from 'vitest'
import { accountOf } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import { testOpening } from '../../protocol/escrow/test-opening.ts'
import { balanceOf } from '../chain.ts'
import { post } from '../escrow/epochs.ts'
import { beginClose, close, openFor } from '../escrow/jobs.ts'
import { claim } from '../escrow/payouts.ts'
import { readJob } from '../escrow/read-escrow.ts'
import type { Pay } from '../escrow/test-job.ts'
import { someone, startStage, treeOf, warp } from '../escrow/test-job.ts'
import { approve } from './approve.ts'
import { refuseRebasing } from './refuse-rebasing.ts'
import { compileTokens } from './test-tokens.ts'
import { readToken } from './token.ts'

const { chain, publisher, settler, stop, open, sign, proven } = await startStage()
const tokens = await compileTokens(chain, settler)
const owner = accountOf(publisher)

afterAll(() => stop())

function allowance(token: Address): Promise<bigint> {
  const args = [owner, chain.escrow] as const
  return readContract(chain.client, { abi: erc20Abi, address: token, functionName: 'allowance', args })
}

function sendCount(): Promise<number> {
  return getTransactionCount(chain.client, { address: owner })
}

test('a token tells its name, symbol and decimals', async () => {
  const plain = await tokens.deploy('Token', 0n)
  expect(await readToken(chain, plain)).toEqual({
    address: plain,
    name: 'Token',
    symbol: 'TOK',
    decimals: 18,
  })
  const old = await tokens.deploy('OldToken')
  expect(await readToken(chain, old)).toEqual({
    address: old,
    name: 'Old Token',
    symbol: 'OLD',
    decimals: 0,
  })
})

test('what a token calls itself is cut and cleaned', async () => {
  const [name, symbol] = [`\u202eevil\n\u200bname ${'x'.repeat(100)}`, '😀'.repeat(20)]
  const odd = await tokens.deploy('OddToken', name, symbol, 36)
  const read = await readToken(chain, odd)
  expect(read).toEqual({
    address: odd,
    name: `evil name ${'x'.repeat(30)}`,
    symbol: '😀'.repeat(12),
    decimals: 36,
  })
})

test('a token with impossible facts is refused by the name of the fact', async () => {
  const read = async (...facts: [string, string, number]) =>
    readToken(chain, await tokens.deploy('OddToken', ...facts))
  await expect(read('Odd', 'ODD', 37)).rejects.toThrow(/^decimals of token 0x.* from 0 to 36/)
  await expect(read('Odd', '\u200b\n', 18)).rejects.toThrow(/^symbol of token 0x.*: expected text/)
  await expect(read('x'.repeat(5_000), 'ODD', 18)).rejects.toThrow(/^name of token 0x.*: expected at most/)
  await expect(readToken(chain, chain.escrow)).rejects.toThrow('is not a token: it does not tell its')
  await expect(readToken(chain, someone())).rejects.toThrow('is not a token: it does not tell its')
})

test('exactly what is needed is approved, and nothing where it is already', async () => {
  const token = await tokens.deploy('Token', 0n)
  await approve(chain, publisher, { token, amount: 70n })
  expect(await allowance(token)).toBe(70n)
  const count = await sendCount()
  await approve(chain, publisher, { token, amount: 70n })
  await approve(chain, publisher, { token, amount: 7n })
  expect(await allowance(token)).toBe(70n)
  expect(await sendCount()).toBe(count)
  await approve(chain, publisher, { token, amount: 71n })
  expect(await allowance(token)).toBe(71n)
})

test('a token whose allowance changes only from zero is approved in two steps', async () => {
  const token = await tokens.deploy('StrictToken')
  await approve(chain, publisher, { token, amount: 5n })
  await approve(chain, publisher, { token, amount: 9n })
  expect(await allowance(token)).toBe(9n)
})

test('a token that approves nothing is refused', async () => {
  const token = await tokens.deploy('DeafToken')
  await expect(approve(chain, publisher, { token, amount: 5n })).rejects.toThrow(
    `The token ${token} did not let the escrow draw 5`,
  )
})

test('a job in a token opens, pays and closes to the wei', async () => {
  const token = await tokens.deploy('Token', 0n)
  await tokens.mint(token, owner, 1_100_005n)
  const [ann, bob] = [someone(), someone()]
  const jobId = await play(token, [
    [ann, 700_000n],
    [bob, 200_001n],
  ])
  expect(await readJob(chain, jobId)).toMatchObject({ state: 'closed', token, budget: 1_000_000n })
  const held = await Promise.all([ann, bob, owner, chain.escrow].map((at) => balanceOf(chain, at, token)))
  expect(held).toEqual([700_000n, 200_001n, 200_004n, 0n])
  expect(await allowance(token)).toBe(0n)
})

test('of a token that keeps a hundredth of every transfer, the budget is what arrives', async () => {
  const token = await tokens.deploy('Token', 100n)
  await tokens.mint(token, owner, 1_100_000n)
  const ann = someone()
  const jobId = await play(token, [[ann, 900_000n]])
  expect(await readJob(chain, jobId)).toMatchObject({ state: 'closed', budget: 989_000n, bond: 100_000n })
  const held = await Promise.all([ann, owner, chain.escrow].map((at) => balanceOf(chain, at, token)))
  expect(held).toEqual([891_000n, 187_110n, 0n])
})

/** Opens a job, posts what accounts earn, pays it and closes. */
async function play(token: Address, payments: readonly Pay[]) {
  const { jobId, opening } = await open({ token })
  const tree = treeOf(payments)
  await post(chain, settler, { opening, signed: sign(jobId, tree) })
  await warp(chain, opening.terms.postDelay)
  for (const leaf of proven(jobId, tree)) await claim(chain, settler, leaf)
  await beginClose(chain, publisher, opening)
  await warp(chain, 3)
  await close(chain, publisher, opening)
  return jobId
}

test('a token whose balances change by themselves is refused, also behind a proxy', async () => {
  const rebasing = await tokens.deploy('RebasingToken')
  const behind = await tokens.deploy('ProxyToken', rebasing)
  const telling = await tokens.deploy('TellingProxy')
  const clone = await tokens.clone(rebasing)
  for (const token of [rebasing, behind, telling, clone])
    await expect(refuseRebasing(chain, token)).rejects.toThrow(
      `The token ${token} has sharesOf(address): its balances change by themselves`,
    )
  await expect(open({ token: rebasing })).rejects.toThrow('its balances change by themselves')
  const order = { opening: testOpening({ token: rebasing }), contact: new Uint8Array(0), deadline: 1 }
  const signed = { ...order, signature: new Uint8Array(65), draw: { kind: 'approved' } } as const
  await expect(openFor(chain, publisher, signed)).rejects.toThrow('its balances change by themselves')
  expect(await allowance(rebasing)).toBe(0n)
})

test('plain tokens are not refused, nor one that only holds a rebasing one', async () => {
  const plain = await tokens.deploy('Token', 0n)
  const behind = await tokens.deploy('ProxyToken', plain)
  const wrapping = await tokens.deploy('WrappingToken')
  for (const token of [plain, behind, wrapping, await tokens.deploy('SignedToken')])
    await expect(refuseRebasing(chain, token)).resolves.toBeUndefined()
  await expect(refuseRebasing(chain, someone())).rejects.toThrow('it is not a token')
})
