import { encodeEventTopics, pad } from 'viem'
import { getBlock } from 'viem/actions'
import type { Address } from '../protocol/address.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import type { Wei } from '../protocol/wei.ts'
import type { Chain } from './chain.ts'
import { confirmedBlock } from './chain.ts'
import { readEvent } from './escrow/escrow-event.ts'
import { readJob } from './escrow/read-escrow.ts'
import { explained } from './explain.ts'
import { eventsAbi } from './generated/events-abi.ts'
import { logPorts } from './logs/ask-logs.ts'
import type { RawLog } from './logs/read-range.ts'
import { LogReader } from './logs/read-range.ts'
import { namelessToken } from './token/nameless-token.ts'
import type { Token } from './token/token.ts'
import { readToken } from './token/token.ts'

/** What the escrow paid to an account for one epoch of a job. */
export type Earned = {
  readonly account: Address
  readonly jobId: Hex
  readonly epoch: number
  readonly amount: Wei
  /** What it was paid in; undefined is the chain's own coin. */
  readonly token: Token | undefined
  readonly hash: Hex
  /** The time of its block, in ms since 1970. */
  readonly at: number
}

/** The payments to some accounts, the newest first, from block `fromBlock` on. */
export type EarnedSince = { readonly earned: readonly Earned[]; readonly fromBlock: bigint }

/** How far back is looked: public nodes answer for no more in a reasonable time. */
const MAX_BACK = 50_000n

/** Reads what the escrow paid to some accounts in the newest 50 000 blocks; asked again it reads only what is new. */
export class EarnedReader {
  readonly #chain: Chain
  readonly #accounts: readonly Address[]
  readonly #times = new Map<bigint, number>()
  readonly #tokens = new Map<Hex, Token | undefined>()
  #reader: LogReader | undefined
  #fromBlock = 0n
  #logs: RawLog[] = []
  #reading: Promise<EarnedSince> | undefined

  constructor(chain: Chain, accounts: readonly Address[]) {
    this.#chain = chain
    this.#accounts = accounts
  }

  /** Throws `unreachable`; what was read until then is kept. */
  read(): Promise<EarnedSince> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  #read(): Promise<EarnedSince> {
    return explained('payments', async () => {
      const head = await confirmedBlock(this.#chain)
      for await (const part of this.#open(head).read(head)) {
        if (part.kind === 'read') this.#logs = this.#logs.concat(part.logs)
        else this.#logs = this.#logs.filter((log) => log.blockNumber < part.fromBlock)
      }
      const earned = await Promise.all(this.#logs.map((log) => this.#toEarned(log)))
      return { earned: earned.flat().reverse(), fromBlock: this.#fromBlock }
    })
  }

  #open(head: bigint): LogReader {
    if (this.#reader !== undefined) return this.#reader
    const [event = null] = encodeEventTopics({ abi: eventsAbi, eventName: 'Claimed' })
    const topics = [event, null, null, this.#accounts.map((account) => pad(account))]
    this.#fromBlock = head > MAX_BACK ? head - MAX_BACK : 0n
    this.#reader = new LogReader(logPorts(this.#chain, topics), { fromBlock: this.#fromBlock })
    return this.#reader
  }

  async #toEarned(log: RawLog): Promise<Earned[]> {
    const event = readEvent(log)
    if (event?.kind !== 'claimed') return []
    const { account, jobId, epoch, amount, hash } = event
    const [token, at] = await Promise.all([this.#tokenOf(jobId), this.#timeOf(log.blockNumber)])
    return [{ account, jobId, epoch, amount, token, hash, at }]
  }

  /** What a job pays in, asked once. A token that does not tell its name has none. */
  async #tokenOf(jobId: Hex): Promise<Token | undefined> {
    if (this.#tokens.has(jobId)) return this.#tokens.get(jobId)
    const { token: address = ZERO_ADDRESS } = (await readJob(this.#chain, jobId)) ?? {}
    const token = address === ZERO_ADDRESS ? undefined : await this.#readToken(address)
    this.#tokens.set(jobId, token)
    return token
  }

  #readToken(address: Address): Promise<Token> {
    return readToken(this.#chain, address).catch((error: unknown) => {
      if (error instanceof Failure && error.code !== 'unreachable') return namelessToken(address)
      throw error
    })
  }

  async #timeOf(blockNumber: bigint): Promise<number> {
    const known = this.#times.get(blockNumber)
    if (known !== undefined) return known
    const { timestamp } = await getBlock(this.#chain.client, { blockNumber })
    const at = Number(timestamp) * 1000
    this.#times.set(blockNumber, at)
    return at
  }
}
