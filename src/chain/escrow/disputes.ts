import { encodeFunctionData } from 'viem'
import type { PrivateKey } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { toHex } from '../../protocol/bytes.ts'
import type { Opening } from '../../protocol/escrow/opening.ts'
import { wordsOfOpening } from '../../protocol/escrow/opening.ts'
import type { ProvenLeaf } from '../../protocol/escrow/relayed-call.ts'
import type { SignedStatement } from '../../protocol/statement/statement.ts'
import { wordsOfStatement } from '../../protocol/statement/statement.ts'
import type { Leaf } from '../../protocol/statement/sum-tree.ts'
import type { Wei } from '../../protocol/wei.ts'
import type { Chain } from '../chain.ts'
import { callsAbi as abi } from '../generated/calls-abi.ts'
import type { Call, Receipt } from './call.ts'
import { callEscrow } from './call.ts'
import { wordsOfLeaf, wordsOfProven } from './proven-leaf.ts'

/** A signed promise that is said to be broken. `help` pays a helper out of what the challenge brings, as the account has signed. */
export type Challenge = {
  readonly opening: Opening
  readonly signed: SignedStatement
  readonly leaf: Leaf
  readonly proof: Uint8Array
  readonly help?: { readonly helper: Address; readonly fee: Wei; readonly consent: Uint8Array }
}

/** A challenge of one account in one job. */
export type DisputeName = { readonly jobId: Hex; readonly account: Address }

/** What one side of a job says about the other. */
export type Feedback = {
  readonly opening: Opening
  readonly proven: ProvenLeaf
  readonly score: bigint
  readonly evidence: Hex
}

/** The call that challenges a promise. */
export function encodeChallenge(broken: Challenge): Call {
  const { opening, signed, leaf, proof, help } = broken
  const words = {
    statement: wordsOfStatement(signed.statement),
    signature: toHex(signed.signature),
    leaf: wordsOfLeaf(leaf),
    proof: toHex(proof),
    helper: help?.helper ?? ZERO_ADDRESS,
    fee: help?.fee ?? 0n,
    consent: toHex(help?.consent ?? new Uint8Array()),
  }
  const args = [wordsOfOpening(opening), words] as const
  return { action: 'challenge', data: encodeFunctionData({ abi, functionName: 'challenge', args }) }
}

/** Shows a promise of a posted epoch and asks for the leaves that keep it. Throws as `callEscrow` does. */
export function challenge(chain: Chain, key: PrivateKey, broken: Challenge): Promise<Receipt> {
  return callEscrow(chain, key, encodeChallenge(broken))
}

/** Shows leaves that keep a challenged promise. Anybody may. Throws as `callEscrow` does. */
export function answer(
  chain: Chain,
  key: PrivateKey,
  { jobId, account, leaves }: DisputeName & { readonly leaves: readonly ProvenLeaf[] },
): Promise<Receipt> {
  const args = [jobId, account, leaves.map(wordsOfProven)] as const
  const data = encodeFunctionData({ abi, functionName: 'answer', args })
  return callEscrow(chain, key, { action: 'answer', data })
}

/** The call that ends a challenge. */
export function encodeResolve({ jobId, account }: DisputeName): Call {
  return {
    action: 'resolve',
    data: encodeFunctionData({ abi, functionName: 'resolve', args: [jobId, account] }),
  }
}

/** Ends a challenge that was not answered in time: the bond pays the account what is missing. Throws as `callEscrow` does. */
export function resolve(chain: Chain, key: PrivateKey, dispute: DisputeName): Promise<Receipt> {
  return callEscrow(chain, key, encodeResolve(dispute))
}

/** Says something about the other side of a job. Throws as `callEscrow` does. */
export function giveFeedback(chain: Chain, key: PrivateKey, said: Feedback): Promise<Receipt> {
  const args = [wordsOfOpening(said.opening), wordsOfProven(said.proven), said.score, said.evidence] as const
  const data = encodeFunctionData({ abi, functionName: 'feedback', args })
  return callEscrow(chain, key, { action: 'feedback', data })
}
