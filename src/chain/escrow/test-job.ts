import type { PrivateKey } from '../../protocol/account.ts'
import { accountOf, makeKey, signHash } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { toHex } from '../../protocol/bytes.ts'
import type { Cashout } from '../../protocol/escrow/cashout.ts'
import { hashCashout } from '../../protocol/escrow/cashout.ts'
import type { Opening } from '../../protocol/escrow/opening.ts'
import type { ProvenLeaf } from '../../protocol/escrow/relayed-call.ts'
import { testOpening } from '../../protocol/escrow/test-opening.ts'
import type { SignedStatement, Statement } from '../../protocol/statement/statement.ts'
import { signStatement } from '../../protocol/statement/statement.ts'
import type { SumTree } from '../../protocol/statement/sum-tree.ts'
import { buildTree, proofOf, rootOf } from '../../protocol/statement/sum-tree.ts'
import { toWei } from '../../protocol/wei.ts'
import type { Chain } from '../chain.ts'
import { startTestChain } from '../test-chain.ts'
import { post } from './epochs.ts'
import type { Opened } from './jobs.ts'
import { openJob } from './jobs.ts'
import type { CashoutCall } from './payouts.ts'

/** An account that nobody else has. */
export const someone = (): Address => accountOf(makeKey())

/** What one account earns in an epoch, and in the whole job if that is more. */
export type Pay = readonly [account: Address, amount: bigint, earned?: bigint]

/** A tree of what accounts earn. */
export function treeOf(payments: readonly Pay[]): SumTree {
  return buildTree(
    payments.map(([account, amount, earned = amount], index) => {
      return { account, amount: toWei(amount), earned: toWei(earned), index }
    }),
  )
}

/** Calls a method of the local chain that no other chain has. */
export function ask({ client }: Chain, method: string, ...params: unknown[]): Promise<unknown> {
  return client.request<{ Method: string; Parameters: unknown[]; ReturnType: unknown }>({ method, params })
}

/** Lets the chain's time go on. */
export async function warp(chain: Chain, seconds: number): Promise<void> {
  await ask(chain, 'evm_increaseTime', seconds)
  await ask(chain, 'evm_mine')
}

/** A chain of a test's own with one publisher and one settler, and what is done there again and again. */
export async function startStage() {
  const { chain, rpcUrl, publisher, settler, stop } = await startTestChain()
  const domain = { chainId: 31337, escrow: chain.escrow }

  const open = async (change: Partial<Opening> = {}): Promise<Opened & { readonly opening: Opening }> => {
    const sides = { publisher: accountOf(publisher), settler: accountOf(settler) }
    const opening = testOpening({ ...sides, ...change })
    return { ...(await openJob(chain, publisher, { opening, contact: new Uint8Array([1, 2, 3]) })), opening }
  }

  const sign = (
    jobId: Hex,
    tree: SumTree,
    { key = settler, ...change }: Partial<Statement> & { key?: PrivateKey } = {},
  ): SignedStatement => {
    const dataHash = toHex(new Uint8Array(32))
    const counts = { epoch: 0, seq: 1, isLast: true, depth: tree.depth, units: tree.leaves.length }
    return signStatement({ jobId, dataHash, ...counts, ...rootOf(tree), ...change }, domain, key)
  }

  const proven = (jobId: Hex, tree: SumTree, epoch = 0): ProvenLeaf[] =>
    tree.leaves.map((leaf) => ({ jobId, epoch, leaf, proof: proofOf(tree, leaf.index) }))

  /** A job in which these accounts have a final leaf each. */
  const earn = async (payments: readonly Pay[], change: Partial<Opening> = {}) => {
    const { jobId, opening } = await open(change)
    const tree = treeOf(payments)
    await post(chain, settler, { opening, signed: sign(jobId, tree) })
    return { jobId, opening, tree, leaves: proven(jobId, tree) }
  }

  /** A cash-out of leaves as their account signs it. */
  const order = (
    key: PrivateKey,
    {
      leaves,
      ...change
    }: Pick<Cashout, 'to' | 'token' | 'maxFee' | 'minOut' | 'nonce'> & Pick<CashoutCall, 'leaves'>,
  ): CashoutCall => {
    const cashout = { ...change, account: accountOf(key), deadline: 4_000_000_000 }
    return { cashout, leaves, fee: change.maxFee, signature: signHash(hashCashout(cashout, domain), key) }
  }

  return { chain, rpcUrl, publisher, settler, stop, domain, open, sign, proven, earn, order }
}
