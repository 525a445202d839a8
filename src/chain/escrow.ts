import type { TransactionReceipt } from 'viem'
import { encodeAbiParameters, encodeFunctionData, erc20Abi, keccak256 } from 'viem'
import type { PrivateKey } from '../protocol/account.ts'
import { accountOf } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import type { Digest, Hex } from '../protocol/bytes.ts'
import { toHex } from '../protocol/bytes.ts'
import type { SignedStatement } from '../protocol/statement.ts'
import type { Leaf } from '../protocol/sum-tree.ts'
import type { Wei } from '../protocol/wei.ts'
import type { Chain } from './chain.ts'
import { chainIdentity } from './chain.ts'
import { escrowAbi } from './generated/abi.ts'
import { send } from './send.ts'
import type { Terms } from './terms.ts'

/** What a publisher puts behind a job. */
export type Opening = {
  /** 32 bytes that this publisher has not used before: they make the job's id. */
  readonly salt: Hex
  /** The zero address is the chain's own coin. */
  readonly token: Address
  readonly budget: Wei
  readonly bond: Wei
  readonly settler: Address
  /** The digest that the manifest's CID carries. */
  readonly manifest: Digest
}

/** A leaf and its proof, as a payee holds them. */
export type ProvenLeaf = { readonly leaf: Leaf; readonly proof: Uint8Array }

/** The epoch of a job that claims are made from. */
export type EpochName = { readonly jobId: Hex; readonly epoch: number }

/** Where a call ended up, and what its gas cost. */
export type Receipt = { readonly hash: Hex; readonly blockNumber: bigint; readonly feeWei: bigint }

/** The id that a job will have, known before it is opened: a publisher journals it first. */
export async function jobIdOf(chain: Chain, publisher: Address, salt: Hex): Promise<Hex> {
  const { chainId } = await chainIdentity(chain)
  const types = [{ type: 'uint256' }, { type: 'address' }, { type: 'address' }, { type: 'bytes32' }] as const
  return keccak256(encodeAbiParameters(types, [BigInt(chainId), chain.escrow, publisher, salt]))
}

/**
 * Opens a job and puts budget and bond behind it; a token is approved first. `contact` says how to reach the
 * publisher and is only emitted. Returns the job's id. Throws `reverted`, `refused`, `unreachable` or `timeout`.
 */
export async function openJob(
  chain: Chain,
  key: PrivateKey,
  job: { readonly opening: Opening; readonly terms: Terms; readonly contact: Uint8Array },
): Promise<Receipt & { readonly jobId: Hex }> {
  const { opening, terms, contact } = job
  const deposit = opening.budget + opening.bond
  const isCoin = opening.token === ZERO_ADDRESS
  const jobId = await jobIdOf(chain, accountOf(key), opening.salt)
  if (!isCoin) {
    const data = encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [chain.escrow, deposit] })
    await send(chain, key, { action: 'approve', to: opening.token, data })
  }
  const args = [
    { ...opening, manifest: `0x${opening.manifest}` as const },
    { ...terms, expiry: BigInt(terms.expiry) },
    toHex(contact),
  ] as const
  const data = encodeFunctionData({ abi: escrowAbi, functionName: 'open', args })
  const receipt = await send(chain, key, {
    action: 'open',
    to: chain.escrow,
    data,
    value: isCoin ? deposit : 0n,
  })
  return { ...toReceipt(receipt), jobId }
}

/** Posts a signed statement. Anybody may. */
export function post(
  chain: Chain,
  key: PrivateKey,
  { statement, signature }: SignedStatement,
): Promise<Receipt> {
  const { isLast, units, ...same } = statement
  const args = [{ ...same, last: isLast, units: BigInt(units) }, toHex(signature)] as const
  return call(chain, key, ['post', encodeFunctionData({ abi: escrowAbi, functionName: 'post', args })])
}

/** Pays one leaf of a final epoch to its account. Anybody may. */
export function claim(
  chain: Chain,
  key: PrivateKey,
  { jobId, epoch, leaf, proof }: EpochName & ProvenLeaf,
): Promise<Receipt> {
  const args = [jobId, epoch, leaf, toHex(proof)] as const
  return call(chain, key, ['claim', encodeFunctionData({ abi: escrowAbi, functionName: 'claim', args })])
}

/** Pays several leaves of one final epoch, leaving out those claimed before. An account that refuses coins stops them all. */
export function claimMany(
  chain: Chain,
  key: PrivateKey,
  { jobId, epoch, leaves }: EpochName & { readonly leaves: readonly ProvenLeaf[] },
): Promise<Receipt> {
  const args = [
    jobId,
    epoch,
    leaves.map(({ leaf }) => leaf),
    leaves.map(({ proof }) => toHex(proof)),
  ] as const
  return call(chain, key, [
    'claimMany',
    encodeFunctionData({ abi: escrowAbi, functionName: 'claimMany', args }),
  ])
}

/** Begins the close of a job: by its publisher, or by anybody once it has expired. */
export function beginClose(chain: Chain, key: PrivateKey, jobId: Hex): Promise<Receipt> {
  return call(chain, key, [
    'beginClose',
    encodeFunctionData({ abi: escrowAbi, functionName: 'beginClose', args: [jobId] }),
  ])
}

/** Ends the close: what is not earmarked goes back to the publisher, and the bond with it. */
export function close(chain: Chain, key: PrivateKey, jobId: Hex): Promise<Receipt> {
  return call(chain, key, [
    'close',
    encodeFunctionData({ abi: escrowAbi, functionName: 'close', args: [jobId] }),
  ])
}

async function call(chain: Chain, key: PrivateKey, [action, data]: readonly [string, Hex]): Promise<Receipt> {
  return toReceipt(await send(chain, key, { action, to: chain.escrow, data }))
}

function toReceipt({
  transactionHash,
  blockNumber,
  gasUsed,
  effectiveGasPrice,
}: TransactionReceipt): Receipt {
  return { hash: transactionHash, blockNumber, feeWei: gasUsed * effectiveGasPrice }
}
