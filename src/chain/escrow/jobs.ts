import { encodeFunctionData } from 'viem'
import type { PrivateKey } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { toHex } from '../../protocol/bytes.ts'
import type { Opening, OpenOrder } from '../../protocol/escrow/opening.ts'
import { jobIdOf, wordsOfOpening } from '../../protocol/escrow/opening.ts'
import type { ProvenLeaf } from '../../protocol/escrow/relayed-call.ts'
import type { Chain } from '../chain.ts'
import { chainIdentity } from '../chain.ts'
import { callsAbi as abi } from '../generated/calls-abi.ts'
import { approve } from '../token/approve.ts'
import { refuseRebasing } from '../token/refuse-rebasing.ts'
import type { Receipt } from './call.ts'
import { callEscrow } from './call.ts'
import { wordsOfProven } from './proven-leaf.ts'

/** A call that opened a job. */
export type Opened = Receipt & { readonly jobId: Hex }

/** A job to open; `contact` says how to reach the publisher and is only emitted. */
export type NewJob = { readonly opening: Opening; readonly contact: Uint8Array }

/** How a token is drawn from a publisher who signed for a job: as approved before, by ERC-2612, or by ERC-3009 with the job's id as its nonce. */
export type Draw =
  | { readonly kind: 'approved' }
  | { readonly kind: 'permit' | 'authorization'; readonly signature: Uint8Array }

/** A job that its publisher has signed for. */
export type SignedOpening = OpenOrder & { readonly signature: Uint8Array; readonly draw: Draw }

const DRAWS = { approved: 0n, permit: 1n, authorization: 2n } as const

/** Opens a job and puts budget and bond behind it; a token is approved first. Throws as `callEscrow` does. */
export async function openJob(chain: Chain, key: PrivateKey, { opening, contact }: NewJob): Promise<Opened> {
  const value = await layDown(chain, key, { token: opening.token, amount: askedFor(opening) })
  const args = [wordsOfOpening(opening), toHex(contact)] as const
  const data = encodeFunctionData({ abi, functionName: 'open', args })
  return opened(chain, opening, await callEscrow(chain, key, { action: 'open', data, value }))
}

/** Opens a job for a publisher who signed for it. The chain's own coin is a gift of the caller. Throws as `callEscrow` does. */
export async function openFor(chain: Chain, key: PrivateKey, signed: SignedOpening): Promise<Opened> {
  const { opening, contact, deadline, signature, draw } = signed
  if (opening.token !== ZERO_ADDRESS) await refuseRebasing(chain, opening.token)
  const drawn = draw.kind === 'approved' ? new Uint8Array(65) : draw.signature
  const order = {
    opening: wordsOfOpening(opening),
    contact: toHex(contact),
    deadline: BigInt(deadline),
    signature: toHex(signature),
    draw: DRAWS[draw.kind],
    r: toHex(drawn.subarray(0, 32)),
    s: toHex(drawn.subarray(32, 64)),
    v: drawn[64] ?? 0,
  }
  const data = encodeFunctionData({ abi, functionName: 'openFor', args: [order] })
  const value = opening.token === ZERO_ADDRESS ? askedFor(opening) : 0n
  return opened(chain, opening, await callEscrow(chain, key, { action: 'openFor', data, value }))
}

/**
 * Opens a job with what the publisher has earned in others and adds what is missing; what is left over becomes its credit.
 * Throws as `callEscrow` does.
 */
export async function claimAndOpen(
  chain: Chain,
  key: PrivateKey,
  { opening, contact, leaves, credit = 0n }: NewJob & { leaves: readonly ProvenLeaf[]; credit?: bigint },
): Promise<Opened> {
  const earned = leaves.reduce((sum, { leaf }) => sum + leaf.amount, credit)
  const missing = askedFor(opening) - earned
  const value = await layDown(chain, key, { token: opening.token, amount: missing > 0n ? missing : 0n })
  const args = [leaves.map(wordsOfProven), wordsOfOpening(opening), toHex(contact)] as const
  const data = encodeFunctionData({ abi, functionName: 'claimAndOpen', args })
  return opened(chain, opening, await callEscrow(chain, key, { action: 'claimAndOpen', data, value }))
}

/** Adds to the budget of a job that is not closed. Anybody may. Throws as `callEscrow` does. */
export async function topUp(
  chain: Chain,
  key: PrivateKey,
  { jobId, token, amount }: { readonly jobId: Hex; readonly token: Address; readonly amount: bigint },
): Promise<Receipt> {
  const value = await layDown(chain, key, { token, amount })
  const data = encodeFunctionData({ abi, functionName: 'topUp', args: [jobId, amount] })
  return callEscrow(chain, key, { action: 'topUp', data, value })
}

/** Gives the epochs after the next one to another settler. Throws as `callEscrow` does. */
export function setSettler(
  chain: Chain,
  key: PrivateKey,
  { opening, settler }: { readonly opening: Opening; readonly settler: Address },
): Promise<Receipt> {
  const args = [wordsOfOpening(opening), settler] as const
  const data = encodeFunctionData({ abi, functionName: 'setSettler', args })
  return callEscrow(chain, key, { action: 'setSettler', data })
}

/** Begins the close of a job: by its publisher, or by anybody once it has expired. Throws as `callEscrow` does. */
export function beginClose(chain: Chain, key: PrivateKey, opening: Opening): Promise<Receipt> {
  const data = encodeFunctionData({ abi, functionName: 'beginClose', args: [wordsOfOpening(opening)] })
  return callEscrow(chain, key, { action: 'beginClose', data })
}

/** Ends the close: what is not earmarked goes back to the publisher, and the bond with it. Throws as `callEscrow` does. */
export function close(chain: Chain, key: PrivateKey, opening: Opening): Promise<Receipt> {
  const data = encodeFunctionData({ abi, functionName: 'close', args: [wordsOfOpening(opening)] })
  return callEscrow(chain, key, { action: 'close', data })
}

function askedFor({ budget, bond }: Opening): bigint {
  return budget + bond
}

/** Approves a token that the escrow can keep books of; returns the coins that the call itself must carry. */
async function layDown(
  chain: Chain,
  key: PrivateKey,
  { token, amount }: { token: Address; amount: bigint },
): Promise<bigint> {
  if (token === ZERO_ADDRESS) return amount
  await refuseRebasing(chain, token)
  if (amount > 0n) await approve(chain, key, { token, amount })
  return 0n
}

async function opened(chain: Chain, opening: Opening, receipt: Receipt): Promise<Opened> {
  const { chainId } = await chainIdentity(chain)
  return { ...receipt, jobId: jobIdOf(opening, { chainId, escrow: chain.escrow }) }
}
