import type { ReadContractReturnType } from 'viem'
import { readContract } from 'viem/actions'
import type { Address } from '../protocol/address.ts'
import { readAddress } from '../protocol/address.ts'
import type { Digest, Hex } from '../protocol/bytes.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import type { Chain } from './chain.ts'
import type { EpochName } from './escrow.ts'
import { explained } from './explain.ts'
import { escrowAbi } from './generated/abi.ts'
import type { Terms } from './terms.ts'

/** A job as the escrow holds it. */
export type Job = {
  readonly jobId: Hex
  readonly state: 'open' | 'closing' | 'closed'
  readonly publisher: Address
  readonly settler: Address
  /** The zero address is the chain's own coin. */
  readonly token: Address
  readonly budget: Wei
  readonly bond: Wei
  /** The sum of all posted totals. */
  readonly committed: Wei
  /** What further statements may add. */
  readonly available: Wei
  /** What posters got of the reserve. */
  readonly repaid: Wei
  readonly manifest: Digest
  /** How many epochs were posted: the number of the next one. */
  readonly epochs: number
  /** Seconds since 1970 from which the job can be closed; zero until the close begins. */
  readonly closeAt: number
  /** Seconds since 1970 from which no posted epoch is pending. */
  readonly finalBy: number
  readonly terms: Terms
}

/** A posted epoch. It is final when the chain's time has reached `finalAt`. */
export type Epoch = {
  readonly root: Hex
  readonly total: Wei
  readonly claimed: Wei
  readonly finalAt: number
  readonly seq: number
  readonly depth: number
  readonly isLast: boolean
}

const LAST = 1
const escrow = (address: Address) => ({ abi: escrowAbi, address }) as const

type RawTerms = ReadContractReturnType<typeof escrowAbi, 'job'>['terms']

/** Reads a job; `undefined` when nobody has opened it. Throws `unreachable`. */
export async function readJob({ client, escrow: address }: Chain, jobId: Hex): Promise<Job | undefined> {
  const found = await explained('job', () =>
    readContract(client, { ...escrow(address), functionName: 'job', args: [jobId] }),
  )
  const state = (['none', 'open', 'closing', 'closed'] as const)[found.state] ?? 'none'
  if (state === 'none') return undefined
  const { postReserve } = found.terms
  const { budget, committed } = found
  return {
    jobId,
    state,
    publisher: readAddress(found.publisher, 'job.publisher'),
    settler: readAddress(found.settler, 'job.settler'),
    token: readAddress(found.token, 'job.token'),
    budget: toWei(budget),
    bond: toWei(found.bond),
    committed: toWei(committed),
    available: toWei(state === 'closed' ? 0n : budget - postReserve - committed),
    repaid: toWei(found.repaid),
    manifest: found.manifest.slice(2) as Digest,
    epochs: found.epochs,
    closeAt: found.closeAt,
    finalBy: found.finalBy,
    terms: readTerms(found.terms),
  }
}

/** Reads an epoch; `undefined` when it was never posted. Throws `unreachable`. */
export async function readEpoch(
  { client, escrow: address }: Chain,
  { jobId, epoch }: EpochName,
): Promise<Epoch | undefined> {
  const found = await explained('epoch', () =>
    readContract(client, { ...escrow(address), functionName: 'epoch', args: [jobId, epoch] }),
  )
  if (found.finalAt === 0) return undefined
  const { flags, total, claimed, ...same } = found
  return { ...same, total: toWei(total), claimed: toWei(claimed), isLast: (flags & LAST) !== 0 }
}

/** Tells whether a leaf of an epoch has been paid. Throws `unreachable`. */
export function isClaimed(
  { client, escrow: address }: Chain,
  { jobId, epoch, index }: EpochName & { readonly index: number },
): Promise<boolean> {
  return explained('isClaimed', () =>
    readContract(client, { ...escrow(address), functionName: 'isClaimed', args: [jobId, epoch, index] }),
  )
}

/** The terms in the escrow's words, in ours. */
export function readTerms(found: RawTerms): Terms {
  return {
    expiry: Number(found.expiry),
    postDelay: found.postDelay,
    challengeDelay: found.challengeDelay,
    closeDelay: found.closeDelay,
    settlerCap: toWei(found.settlerCap),
    postReserve: toWei(found.postReserve),
    postBounty: toWei(found.postBounty),
    quorumBps: found.quorumBps,
    minSigners: found.minSigners,
    forceDelay: found.forceDelay,
    forceCap: toWei(found.forceCap),
  }
}
