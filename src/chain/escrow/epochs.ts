import { encodeFunctionData } from 'viem'
import { getGasPrice } from 'viem/actions'
import type { PrivateKey } from '../../protocol/account.ts'
import { toHex } from '../../protocol/bytes.ts'
import type { Forced, Veto } from '../../protocol/escrow/forced.ts'
import { wordsOfForced, wordsOfVeto } from '../../protocol/escrow/forced.ts'
import type { Opening } from '../../protocol/escrow/opening.ts'
import { wordsOfOpening } from '../../protocol/escrow/opening.ts'
import type { SignedStatement } from '../../protocol/statement/statement.ts'
import { wordsOfStatement } from '../../protocol/statement/statement.ts'
import type { Leaf } from '../../protocol/statement/sum-tree.ts'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'
import type { Chain } from '../chain.ts'
import { explained } from '../explain.ts'
import { callsAbi as abi } from '../generated/calls-abi.ts'
import type { Call, Receipt } from './call.ts'
import { callEscrow } from './call.ts'
import { wordsOfLeaf } from './proven-leaf.ts'

/** The gas of a post that begins an epoch; one that replaces another takes little more than half. */
const POST_GAS = 100_000n

/** One payee's signature under a forced epoch; its leaf in the latest final epoch is its weight. */
export type Attestation = {
  readonly leaf: Leaf
  readonly proof: Uint8Array
  readonly signature: Uint8Array
}

/** A signed statement, and the job that it is about as it was opened. */
export type Posting = { readonly opening: Opening; readonly signed: SignedStatement }

/** The call that posts a signed statement. */
export function encodePost({ opening, signed }: Posting): Call {
  const { statement, signature } = signed
  const args = [wordsOfOpening(opening), wordsOfStatement(statement), toHex(signature)] as const
  return { action: 'post', data: encodeFunctionData({ abi, functionName: 'post', args }) }
}

/** Posts a signed statement. Anybody may. Throws as `callEscrow` does. */
export function post(chain: Chain, key: PrivateKey, posting: Posting): Promise<Receipt> {
  return callEscrow(chain, key, encodePost(posting))
}

/** What a post costs at the price of gas now, about. Throws `unreachable`. */
export function postCost({ client }: Chain): Promise<Wei> {
  return explained('gas price', async () => toWei((await getGasPrice(client)) * POST_GAS))
}

/** Posts an epoch that a quorum of payees has signed. Throws as `callEscrow` does. */
export function force(
  chain: Chain,
  key: PrivateKey,
  job: { readonly opening: Opening; readonly forced: Forced; readonly attestations: readonly Attestation[] },
): Promise<Receipt> {
  const { opening, forced, attestations } = job
  const inOrder = [...attestations].sort((a, b) => (a.leaf.account < b.leaf.account ? -1 : 1))
  const words = inOrder.map(({ leaf, proof, signature }) => {
    return { leaf: wordsOfLeaf(leaf), proof: toHex(proof), signature: toHex(signature) }
  })
  const args = [wordsOfOpening(opening), wordsOfForced(forced), words] as const
  const data = encodeFunctionData({ abi, functionName: 'force', args })
  return callEscrow(chain, key, { action: 'force', data })
}

/** Cancels a pending forced epoch with what the settler signed. Anybody may. Throws as `callEscrow` does. */
export function veto(
  chain: Chain,
  key: PrivateKey,
  { order, signature }: { readonly order: Veto; readonly signature: Uint8Array },
): Promise<Receipt> {
  const args = [wordsOfVeto(order), toHex(signature)] as const
  const data = encodeFunctionData({ abi, functionName: 'veto', args })
  return callEscrow(chain, key, { action: 'veto', data })
}
