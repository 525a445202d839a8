import { decodeEventLog, numberToHex } from 'viem'
import type { Address } from '../protocol/address.ts'
import { readAddress } from '../protocol/address.ts'
import type { Digest, Hex } from '../protocol/bytes.ts'
import { fromHex } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import type { Statement } from '../protocol/statement.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import type { Chain } from './chain.ts'
import { confirmedBlock, pause } from './chain.ts'
import type { Opening } from './escrow.ts'
import { explained } from './explain.ts'
import { escrowAbi } from './generated/abi.ts'
import { readTerms } from './read-escrow.ts'
import type { Terms } from './terms.ts'

/** Something that happened to a job in the escrow. */
export type EscrowEvent = { readonly jobId: Hex; readonly blockNumber: bigint; readonly hash: Hex } & (
  | {
      readonly kind: 'opened'
      readonly publisher: Address
      readonly opening: Opening
      readonly terms: Terms
      readonly contact: Uint8Array
    }
  | { readonly kind: 'posted'; readonly statement: Statement; readonly finalAt: number }
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
)

/** Which events: from a block on, of one job or of all. */
export type EventRange = { readonly fromBlock: bigint; readonly toBlock: bigint; readonly jobId?: Hex }

/** How to watch; `onOutage` hears of every failed attempt, and with `undefined` that the chain answers again. */
export type WatchOptions = {
  readonly fromBlock: bigint
  readonly jobId?: Hex
  readonly signal: AbortSignal
  onOutage?(failure: Failure | undefined): void
}

const MAX_BLOCKS = 2_000n
const MAX_PAUSE_MS = 30_000

type Raw = { topics: [Hex, ...Hex[]]; data: Hex; blockNumber: Hex; transactionHash: Hex }

/** Reads the events in a range of blocks, both ends included. Throws `unreachable`. */
export function readEvents(
  { client, escrow }: Chain,
  { fromBlock, toBlock, jobId }: EventRange,
): Promise<EscrowEvent[]> {
  return explained('events', async () => {
    const range = { address: escrow, fromBlock: numberToHex(fromBlock), toBlock: numberToHex(toBlock) }
    const filter = jobId === undefined ? range : { ...range, topics: [null, jobId] }
    const logs = await client.request<{
      Method: 'eth_getLogs'
      Parameters: [typeof filter]
      ReturnType: Raw[]
    }>({
      method: 'eth_getLogs',
      params: [filter],
    })
    return logs.flatMap((log) => toEvent(log) ?? [])
  })
}

/**
 * Follows the escrow's events from a block on, each once and in order, as soon as it has the chain's confirmations,
 * until the signal aborts. An outage of the chain is waited out.
 */
export async function* watchEscrow(chain: Chain, options: WatchOptions): AsyncGenerator<EscrowEvent, void> {
  const { jobId, signal, onOutage } = options
  let next = options.fromBlock
  let failures = 0
  while (!signal.aborted) {
    try {
      const head = await confirmedBlock(chain)
      while (next <= head && !signal.aborted) {
        const toBlock = head - next < MAX_BLOCKS ? head : next + MAX_BLOCKS - 1n
        yield* await readEvents(chain, {
          fromBlock: next,
          toBlock,
          ...(jobId === undefined ? {} : { jobId }),
        })
        next = toBlock + 1n
      }
      if (failures > 0) onOutage?.(undefined)
      failures = 0
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      failures += 1
      onOutage?.(error)
    }
    await pause(Math.min(chain.pollMs * 2 ** failures, MAX_PAUSE_MS), signal).catch(() => undefined)
  }
}

function toEvent(log: Raw): EscrowEvent | undefined {
  const event = decodeEventLog({ abi: escrowAbi, data: log.data, topics: log.topics })
  if (event.eventName === 'EIP712DomainChanged') return undefined
  const place = { jobId: event.args.jobId, blockNumber: BigInt(log.blockNumber), hash: log.transactionHash }
  switch (event.eventName) {
    case 'JobOpened':
      return { ...place, kind: 'opened', ...toOpened(event.args) }
    case 'EpochPosted': {
      const { last, units, total, ...same } = event.args.statement
      const statement = { ...same, isLast: last, units: Number(units), total: toWei(total) }
      return { ...place, kind: 'posted', statement, finalAt: event.args.finalAt }
    }
    case 'PostRepaid': {
      const { epoch, poster, amount } = event.args
      return { ...place, kind: 'repaid', epoch, poster: readAddress(poster, 'poster'), amount: toWei(amount) }
    }
    case 'Claimed': {
      const { epoch, account, index, amount } = event.args
      return {
        ...place,
        kind: 'claimed',
        epoch,
        account: readAddress(account, 'account'),
        index,
        amount: toWei(amount),
      }
    }
    case 'JobClosing':
      return { ...place, kind: 'closing', closeAt: event.args.closeAt }
    case 'JobClosed':
      return { ...place, kind: 'closed', refund: toWei(event.args.refund), bond: toWei(event.args.bond) }
  }
}

type RawOpened = Extract<
  ReturnType<typeof decodeEventLog<typeof escrowAbi, 'JobOpened'>>,
  { eventName: 'JobOpened' }
>['args']

function toOpened({ publisher, opening, terms, contact }: RawOpened) {
  return {
    publisher: readAddress(publisher, 'publisher'),
    opening: {
      salt: opening.salt,
      token: readAddress(opening.token, 'opening.token'),
      budget: toWei(opening.budget),
      bond: toWei(opening.bond),
      settler: readAddress(opening.settler, 'opening.settler'),
      manifest: opening.manifest.slice(2) as Digest,
    },
    terms: readTerms(terms),
    contact: fromHex(contact),
  }
}
