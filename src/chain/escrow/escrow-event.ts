import { decodeEventLog } from 'viem'
import type { Address } from '../../protocol/address.ts'
import { readAddress } from '../../protocol/address.ts'
import type { Digest, Hex } from '../../protocol/bytes.ts'
import { fromHex } from '../../protocol/bytes.ts'
import type { Forced } from '../../protocol/escrow/forced.ts'
import type { Opening } from '../../protocol/escrow/opening.ts'
import { Failure, malformed } from '../../protocol/failure.ts'
import type { Statement } from '../../protocol/statement/statement.ts'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'
import { eventsAbi as abi } from '../generated/events-abi.ts'

/** What happened to a job. */
type JobEvent =
  | {
      readonly kind: 'opened'
      readonly publisher: Address
      readonly opening: Opening
      /** What arrived beyond the bond. */
      readonly budget: Wei
    }
  | { readonly kind: 'contact'; readonly contact: Uint8Array }
  | { readonly kind: 'topped-up'; readonly from: Address; readonly amount: Wei }
  | { readonly kind: 'settler-set'; readonly settler: Address; readonly fromEpoch: number }
  | { readonly kind: 'posted'; readonly statement: Statement; readonly finalAt: number }
  | { readonly kind: 'forced'; readonly forced: Forced; readonly finalAt: number }
  | { readonly kind: 'vetoed'; readonly epoch: number; readonly root: Hex }
  | { readonly kind: 'repaid'; readonly epoch: number; readonly poster: Address; readonly amount: Wei }
  | {
      readonly kind: 'claimed'
      readonly epoch: number
      readonly account: Address
      readonly index: number
      readonly amount: Wei
    }
  | { readonly kind: 'closing'; readonly closeAt: number }
  | { readonly kind: 'closed'; readonly refund: Wei; readonly bond: Wei }
  | { readonly kind: 'challenged'; readonly account: Address; readonly promised: Wei; readonly due: number }
  | {
      readonly kind: 'answered'
      readonly account: Address
      readonly proven: Wei
      readonly isSettled: boolean
    }
  | {
      readonly kind: 'resolved'
      readonly account: Address
      readonly compensation: Wei
      readonly penalty: Wei
    }
  | {
      readonly kind: 'feedback'
      readonly account: Address
      readonly from: Address
      readonly weight: Wei
      readonly score: bigint
      readonly evidence: Hex
    }

/** What happened to an account, whatever the job. */
type AccountEvent = { readonly account: Address; readonly token: Address; readonly amount: Wei } & (
  | { readonly kind: 'credited' | 'credit-paid' }
  | { readonly kind: 'cashed-out'; readonly to: Address; readonly fee: Wei; readonly nonce: bigint }
)

/** Something that happened in the escrow. */
export type EscrowEvent = { readonly blockNumber: bigint; readonly hash: Hex } & (
  | ({ readonly jobId: Hex } & JobEvent)
  | AccountEvent
)

/** A log as a node of the chain gives it, or as it was read from there. */
export type Log = {
  readonly topics: readonly Hex[]
  readonly data: Hex
  readonly blockNumber: Hex | bigint
  readonly transactionHash: Hex
}

type Decoded = ReturnType<typeof decodeEventLog<typeof abi>>
type Args<Name extends Decoded['eventName']> = Extract<Decoded, { eventName: Name }>['args']

/**
 * Reads a log of the escrow. `undefined` for a job that was opened with numbers beyond what we count in: nobody here works on
 * it, and it must not stop whoever reads on.
 */
export function readEvent(log: Log): EscrowEvent | undefined {
  const place = { blockNumber: BigInt(log.blockNumber), hash: log.transactionHash }
  const [signature, ...indexed] = log.topics
  if (signature === undefined) return undefined
  const event = decodeEventLog({ abi, data: log.data, topics: [signature, ...indexed] })
  try {
    const account = onAccount(event)
    if (account !== undefined) return { ...place, ...account }
    const job = onJob(event)
    return job === undefined || !('jobId' in event.args)
      ? undefined
      : { ...place, jobId: event.args.jobId, ...job }
  } catch (error) {
    if (error instanceof Failure && error.code === 'malformed') return undefined
    throw error
  }
}

function onAccount(event: Decoded): AccountEvent | undefined {
  switch (event.eventName) {
    case 'Credited':
      return { kind: 'credited', ...money(event.args) }
    case 'CreditPaid':
      return { kind: 'credit-paid', ...money(event.args) }
    case 'CashedOut': {
      const { to, fee, nonce } = event.args
      return { kind: 'cashed-out', ...money(event.args), to: address(to), fee: toWei(fee), nonce }
    }
    default:
      return undefined
  }
}

function onJob(event: Decoded): JobEvent | undefined {
  switch (event.eventName) {
    case 'JobOpened': {
      const { publisher, opening, budget } = event.args
      return {
        kind: 'opened',
        publisher: address(publisher),
        opening: openingOf(opening),
        budget: toWei(budget),
      }
    }
    case 'ContactGiven':
      return { kind: 'contact', contact: fromHex(event.args.contact) }
    case 'JobToppedUp':
      return { kind: 'topped-up', from: address(event.args.from), amount: toWei(event.args.amount) }
    case 'SettlerSet': {
      const { settler, fromEpoch } = event.args
      return { kind: 'settler-set', settler: address(settler), fromEpoch: Number(fromEpoch) }
    }
    case 'JobClosing':
      return { kind: 'closing', closeAt: Number(event.args.closeAt) }
    case 'JobClosed':
      return { kind: 'closed', refund: toWei(event.args.refund), bond: toWei(event.args.bond) }
    default:
      return onEpoch(event) ?? onDispute(event)
  }
}

function onEpoch(event: Decoded): JobEvent | undefined {
  switch (event.eventName) {
    case 'EpochPosted': {
      const { statement, finalAt } = event.args
      return { kind: 'posted', statement: statementOf(statement), finalAt: Number(finalAt) }
    }
    case 'EpochForced': {
      const { epoch, depth, total, ...same } = event.args.forced
      const forced = { ...same, epoch: Number(epoch), depth: Number(depth), total: toWei(total) }
      return { kind: 'forced', forced, finalAt: Number(event.args.finalAt) }
    }
    case 'EpochVetoed':
      return { kind: 'vetoed', epoch: Number(event.args.epoch), root: event.args.root }
    case 'PostRepaid': {
      const { epoch, poster, amount } = event.args
      return { kind: 'repaid', epoch: Number(epoch), poster: address(poster), amount: toWei(amount) }
    }
    case 'Claimed': {
      const { epoch, account, index, amount } = event.args
      const counts = { epoch: Number(epoch), index: Number(index) }
      return { kind: 'claimed', ...counts, account: address(account), amount: toWei(amount) }
    }
    default:
      return undefined
  }
}

function onDispute(event: Decoded): JobEvent | undefined {
  switch (event.eventName) {
    case 'Challenged': {
      const { account, promised, due } = event.args
      return { kind: 'challenged', account: address(account), promised: toWei(promised), due: Number(due) }
    }
    case 'Answered': {
      const { account, proven, isSettled } = event.args
      return { kind: 'answered', account: address(account), proven: toWei(proven), isSettled }
    }
    case 'Resolved': {
      const { account, compensation, penalty } = event.args
      const amounts = { compensation: toWei(compensation), penalty: toWei(penalty) }
      return { kind: 'resolved', account: address(account), ...amounts }
    }
    case 'FeedbackGiven': {
      const { account, from, weight, score, evidence } = event.args
      const sides = { account: address(account), from: address(from) }
      return { kind: 'feedback', ...sides, weight: toWei(weight), score, evidence }
    }
    default:
      return undefined
  }
}

function statementOf({ last, epoch, seq, depth, total, units, ...same }: Args<'EpochPosted'>['statement']) {
  return {
    ...same,
    epoch: Number(epoch),
    seq: Number(seq),
    isLast: last,
    depth: Number(depth),
    total: toWei(total),
    // The contract does not look at it: what a settler claims beyond our numbers is cut.
    units: Number(units > MAX_SAFE ? MAX_SAFE : units),
  }
}

function openingOf({ manifest, terms, ...found }: Args<'JobOpened'>['opening']): Opening {
  return {
    publisher: address(found.publisher),
    salt: found.salt,
    token: address(found.token),
    budget: toWei(found.budget),
    bond: toWei(found.bond),
    settler: address(found.settler),
    manifest: manifest.slice(2) as Digest,
    terms: {
      expiry: whole(terms.expiry),
      postDelay: whole(terms.postDelay),
      challengeDelay: whole(terms.challengeDelay),
      closeDelay: whole(terms.closeDelay),
      settlerCap: toWei(terms.settlerCap),
      postReserve: toWei(terms.postReserve),
      postBounty: toWei(terms.postBounty),
      quorumBps: whole(terms.quorumBps),
      minSigners: whole(terms.minSigners),
      forceDelay: whole(terms.forceDelay),
      forceCap: toWei(terms.forceCap),
    },
  }
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

function whole(value: bigint): number {
  if (value > MAX_SAFE) throw malformed('terms', `numbers up to ${MAX_SAFE}`, value)
  return Number(value)
}

function money({ account, token, amount }: { account: Hex; token: Hex; amount: bigint }) {
  return { account: address(account), token: address(token), amount: toWei(amount) }
}

function address(value: Hex): Address {
  return readAddress(value, 'address')
}
