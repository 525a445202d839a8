import { decodeFunctionResult, encodeFunctionData } from 'viem'
import type { Address } from '../../protocol/address.ts'
import { readAddress } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import type { Terms } from '../../protocol/escrow/opening.ts'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'
import { askContract } from '../ask-contract.ts'
import type { Chain } from '../chain.ts'
import { confirmedBlock } from '../chain.ts'
import { explained } from '../explain.ts'
import { readAbi } from '../generated/read-abi.ts'
import type { EpochName } from './proven-leaf.ts'
import type { Layout } from './slots.ts'
import { SLOTS, slotOf, unpack, wordsIn } from './slots.ts'

/** What the escrow keeps of a job: only what changes. The rest is in its opening. */
export type Job = {
  readonly jobId: Hex
  readonly state: 'open' | 'closing' | 'closed'
  /** The zero address is the chain's own coin. */
  readonly token: Address
  readonly budget: Wei
  /** Who signs the epochs from `settlerFrom` on. */
  readonly settler: Address
  readonly settlerFrom: number
  /** What is left of it: a broken promise is paid from it. */
  readonly bond: Wei
  /** The sum of all posted and forced totals. */
  readonly committed: Wei
  /** The part of it that was forced. */
  readonly forced: Wei
  /** What posters got of the reserve. */
  readonly repaid: Wei
  /** How many epochs were posted: the number of the next one. */
  readonly epochs: number
  readonly forcedEpochs: number
  /** How many challenges are open. */
  readonly disputes: number
  /** Seconds since 1970 from which no more epochs can be begun; zero until the close begins. */
  readonly closeAt: number
  /** Seconds since 1970 from which no posted or forced epoch is pending. */
  readonly finalBy: number
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
  /** Whether a poster of it got the bounty. */
  readonly isRepaid: boolean
}

/** What was challenged for one account of a job, and what came of it. */
export type Dispute = {
  /** The highest promise that was challenged. */
  readonly promised: Wei
  /** What the answers add up to. */
  readonly proven: Wei
  /** Seconds since 1970 until which it can be answered; zero when it is over. */
  readonly due: number
  /** What the bond has paid. */
  readonly compensated: Wei
  readonly helper: Address
  readonly fee: Wei
}

/** A place in the tree of an epoch. */
export type LeafName = EpochName & { readonly index: number }

/** What the chain holds of a leaf. */
export type LeafState = {
  /** Its epoch; undefined while it is not posted. */
  readonly epoch: Epoch | undefined
  /** It was paid: in the newest block, or under the chain's confirmations. */
  readonly paid: 'no' | 'unconfirmed' | 'confirmed'
}

const JOB = {
  state: 8,
  budget: 88,
  settler: 160,
  token: 160,
  bond: 88,
  committed: 88,
  epochs: 32,
  settlerFrom: 32,
  closeAt: 40,
  finalBy: 40,
  window: 16,
  isComplete: 8,
  atWindow: 88,
  atFormer: 88,
  changedAt: 40,
  disputes: 32,
  forced: 88,
  forcedBy: 40,
  forcedEpochs: 16,
  repaid: 88,
  day: 24,
  dayPosted: 88,
} as const
const EPOCH = { root: 256, total: 88, claimed: 88, finalAt: 40, seq: 24, depth: 8, flags: 8 } as const
const FORMER = { settler: 160, from: 96 } as const
const DISPUTE = { promised: 88, proven: 88, due: 40, compensated: 88, helper: 160, fee: 88 } as const
const LAST = 1n
const REPAID = 2n
/** So many leaves are asked for in one call. */
const BATCH = 250

/** Reads a job; `undefined` when nobody has opened it. Throws `unreachable`. */
export async function readJob(chain: Chain, jobId: Hex): Promise<Job | undefined> {
  const found = await readStruct(chain, JOB, slotOf(SLOTS.jobs, [jobId]))
  const state = (['none', 'open', 'closing', 'closed'] as const)[Number(found.state)] ?? 'none'
  if (state === 'none') return undefined
  return {
    jobId,
    state,
    token: toAddress(found.token),
    budget: toWei(found.budget),
    settler: toAddress(found.settler),
    settlerFrom: Number(found.settlerFrom),
    bond: toWei(found.bond),
    committed: toWei(found.committed),
    forced: toWei(found.forced),
    repaid: toWei(found.repaid),
    epochs: Number(found.epochs),
    forcedEpochs: Number(found.forcedEpochs),
    disputes: Number(found.disputes),
    closeAt: Number(found.closeAt),
    finalBy: Math.max(Number(found.finalBy), Number(found.forcedBy)),
  }
}

/** What further statements of a job may add. */
export function availableOf({ state, budget, committed }: Job, { postReserve }: Terms): Wei {
  return toWei(state === 'closed' ? 0n : budget - postReserve - committed)
}

/** Who signs an epoch of a job: earlier ones keep the settler that they had. Throws `unreachable`. */
export async function readSettler(chain: Chain, job: Job, epoch: number): Promise<Address> {
  let { settler, settlerFrom } = job
  while (epoch < settlerFrom) {
    const former = await readStruct(chain, FORMER, slotOf(SLOTS.formers, [job.jobId, BigInt(settlerFrom)]))
    settler = toAddress(former.settler)
    settlerFrom = Number(former.from)
  }
  return settler
}

/** Reads an epoch; `undefined` when it was never posted. Throws `unreachable`. */
export async function readEpoch(chain: Chain, name: EpochName): Promise<Epoch | undefined> {
  return toEpoch(await readStruct(chain, EPOCH, slotOfEpoch(name)))
}

function toEpoch(found: Readonly<Record<keyof typeof EPOCH, bigint>>): Epoch | undefined {
  if (found.finalAt === 0n) return undefined
  return {
    root: toWord(found.root),
    total: toWei(found.total),
    claimed: toWei(found.claimed),
    finalAt: Number(found.finalAt),
    seq: Number(found.seq),
    depth: Number(found.depth),
    isLast: (found.flags & LAST) !== 0n,
    isRepaid: (found.flags & REPAID) !== 0n,
  }
}

/** Tells whether a leaf of an epoch has been paid. Throws `unreachable`. */
export function isClaimed(
  chain: Chain,
  { jobId, epoch, index }: EpochName & { readonly index: number },
): Promise<boolean> {
  return readBit(chain, { mapping: SLOTS.claimed, keys: [jobId, BigInt(epoch)], bit: BigInt(index) })
}

/** Reads what the chain holds of many leaves in few calls. Throws `unreachable`. */
export async function readLeaves(chain: Chain, names: readonly LeafName[]): Promise<LeafState[]> {
  const parts: LeafState[][] = []
  for (let from = 0; from < names.length; from += BATCH)
    parts.push(await readBatch(chain, names.slice(from, from + BATCH)))
  return parts.flat()
}

/** Tells whether an account has used the nonce of a cash-out. Throws `unreachable`. */
export function isNonceUsed(chain: Chain, account: Address, nonce: bigint): Promise<boolean> {
  return readBit(chain, { mapping: SLOTS.nonces, keys: [account], bit: nonce })
}

/** What the escrow keeps for an account that has refused it, or had it left over. Throws `unreachable`. */
export async function readCredit(chain: Chain, token: Address, account: Address): Promise<Wei> {
  const [credit] = await readWords(chain, [slotOf(SLOTS.credits, [token, account])])
  return toWei(credit ?? 0n)
}

/** Reads what was challenged for an account; `undefined` when nothing ever was. Throws `unreachable`. */
export async function readDispute(chain: Chain, jobId: Hex, account: Address): Promise<Dispute | undefined> {
  const found = await readStruct(chain, DISPUTE, slotOf(SLOTS.disputes, [jobId, account]))
  if (found.promised === 0n) return undefined
  return {
    promised: toWei(found.promised),
    proven: toWei(found.proven),
    due: Number(found.due),
    compensated: toWei(found.compensated),
    helper: toAddress(found.helper),
    fee: toWei(found.fee),
  }
}

async function readBatch(chain: Chain, names: readonly LeafName[]): Promise<LeafState[]> {
  const slots = names.flatMap((name) => [...slotsOf(EPOCH, slotOfEpoch(name)), slotOfBit(name)])
  const words = await readWords(chain, slots)
  const size = slots.length / names.length
  const found = names.map((name, place) => {
    const own = words.slice(place * size, (place + 1) * size)
    return { epoch: toEpoch(unpack(EPOCH, own)), isPaid: isSet(own[size - 1], name) }
  })
  const isConfirmed = await readConfirmed(
    chain,
    names.filter((_, place) => found[place]?.isPaid === true),
  )
  return found.map(({ epoch, isPaid }, place) => {
    const paid = !isPaid ? 'no' : isConfirmed(names[place]) ? 'confirmed' : 'unconfirmed'
    return { epoch, paid }
  })
}

/** Which of the leaves that are paid in the newest block are so under the chain's confirmations. */
async function readConfirmed(
  chain: Chain,
  names: readonly LeafName[],
): Promise<(name: LeafName | undefined) => boolean> {
  if (chain.confirmations === 1) return () => true
  const block = names.length === 0 ? -1n : await confirmedBlock(chain)
  if (block < 0n) return () => false
  const words = await readWords(chain, names.map(slotOfBit), block)
  return (name) => name !== undefined && isSet(words[names.indexOf(name)], name)
}

function slotOfEpoch({ jobId, epoch }: EpochName): bigint {
  return slotOf(SLOTS.epochs, [jobId, BigInt(epoch)])
}

function slotOfBit({ jobId, epoch, index }: LeafName): bigint {
  return slotOf(SLOTS.claimed, [jobId, BigInt(epoch), BigInt(index) >> 8n])
}

function isSet(word: bigint | undefined, { index }: LeafName): boolean {
  return (((word ?? 0n) >> (BigInt(index) & 255n)) & 1n) === 1n
}

async function readStruct<Name extends string>(chain: Chain, layout: Layout<Name>, slot: bigint) {
  return unpack(layout, await readWords(chain, slotsOf(layout, slot)))
}

function slotsOf(layout: Layout<string>, slot: bigint): bigint[] {
  return Array.from({ length: wordsIn(layout) }, (_, word) => slot + BigInt(word))
}

async function readBit(
  chain: Chain,
  { mapping, keys, bit }: { mapping: number; keys: readonly (Hex | bigint)[]; bit: bigint },
): Promise<boolean> {
  const [word = 0n] = await readWords(chain, [slotOf(mapping, [...keys, bit >> 8n])])
  return ((word >> (bit & 255n)) & 1n) === 1n
}

/** The words of storage slots, all from one block: the newest, or the one with this number. Throws `unreachable`. */
function readWords(
  { client, escrow: to }: Chain,
  slots: readonly bigint[],
  blockNumber?: bigint,
): Promise<bigint[]> {
  const args = [slots.map(toWord)] as const
  const from = blockNumber === undefined ? {} : { blockNumber }
  return explained('read', async () => {
    const call = { abi: readAbi, functionName: 'read' } as const
    const data = encodeFunctionData({ ...call, args })
    const answer = await askContract(client, { to, data, ...from })
    return decodeFunctionResult({ ...call, data: answer }).map(BigInt)
  })
}

function toWord(value: bigint): Hex {
  return `0x${(value & ((1n << 256n) - 1n)).toString(16).padStart(64, '0')}`
}

function toAddress(value: bigint): Address {
  return readAddress(`0x${value.toString(16).padStart(40, '0')}`, 'address')
}
