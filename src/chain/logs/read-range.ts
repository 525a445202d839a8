import type { Hex } from '../../protocol/bytes.ts'
import { Failure } from '../../protocol/failure.ts'
import { pause } from '../chain.ts'

/** A log as the chain gives it. */
export type RawLog = {
  readonly topics: [Hex, ...Hex[]]
  readonly data: Hex
  readonly blockNumber: bigint
  readonly transactionHash: Hex
  readonly logIndex: number
}

/** Blocks, both ends included. */
export type BlockRange = { readonly fromBlock: bigint; readonly toBlock: bigint }

/** A block, by number and hash: how far was read, and on which branch of the chain. */
export type Position = { readonly number: bigint; readonly hash: Hex }

/** A transaction in its block. */
export type Place = { readonly blockNumber: bigint; readonly hash: Hex }

/** Everything that was told of blocks from `fromBlock` on is void: the chain has changed there, and it is told anew. */
export type Rewound = { readonly kind: 'rewound'; readonly fromBlock: bigint }

/** What a reader tells: the logs up to a block, in order and each once, or that some are void. */
export type Part =
  | { readonly kind: 'read'; readonly logs: readonly RawLog[]; readonly at: Position }
  | Rewound

/** What a node says when it is asked for a range. */
export type Answer =
  | {
      readonly kind: 'logs'
      readonly logs: readonly RawLog[]
      /** The hash of the block before the range, and the last block of it. */
      readonly beforeHash: Hex
      readonly at: Position
    }
  /** It does not have the last block of the range. */
  | { readonly kind: 'behind' }
  /** It answers with an error, perhaps because the range is too large. */
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** It does not answer, or not now. */
  | { readonly kind: 'busy'; readonly failure: Failure }

/** What a reader asks a node. */
export type LogPorts = {
  ask(range: BlockRange): Promise<Answer>
  /** The hash of a block; undefined when the node does not have it. Throws `unreachable`. */
  hashOf(number: bigint): Promise<Hex | undefined>
  /** Tells by its receipt whether a transaction is in that block. */
  holds(place: Place): Promise<boolean>
}

/** Where reading begins. */
export type ReaderOptions = {
  readonly fromBlock: bigint
  /** Positions of an earlier reader, oldest first: reading goes on after the last one that is still on the chain. */
  readonly trail?: readonly Position[]
  /** The place of a log that must be found: no longer ranges are asked than answers were seen to hold it. */
  readonly known?: Place
}

const MAX_BLOCKS = 2_000n
/** So many full answers in a row make the ranges longer again; so many without one make them shorter. */
const GROW_AFTER = 8
const SHRINK_AFTER = 3
/** A reorg that goes deeper than the trail makes the reader begin anew. */
const MAX_TRAIL = 64
const TRIES = 5

/**
 * Reads logs in ranges that the node answers in full. Where it refuses a range, leaves a known log out or gives a round
 * number of logs, as one does that cuts its answers, it is asked again for less. The reader keeps its place: after a
 * failure it goes on where it was, and a node that is behind is waited for.
 */
export class LogReader {
  readonly #ports: LogPorts
  readonly #fromBlock: bigint
  readonly #trail: Position[]
  #next: bigint
  #known: Place | undefined
  /** The longest range whose answer held the known log. */
  #vouched = 0n
  #size = MAX_BLOCKS
  #fullInRow = 0
  #busyInRow = 0

  constructor(ports: LogPorts, { fromBlock, trail = [], known }: ReaderOptions) {
    this.#ports = ports
    this.#fromBlock = fromBlock
    this.#trail = [...trail]
    this.#next = this.#afterTrail()
    this.#known = known
  }

  /** The block that is read next. */
  get next(): bigint {
    return this.#next
  }

  /** Tells what is new up to a block. Throws `unreachable`, and ends early where the node does not have the block. */
  async *read(head: bigint): AsyncGenerator<Part, void> {
    while (this.#next <= head) {
      const answer = await this.#askInFull(head)
      if (answer.kind === 'behind') return
      const last = this.#trail.at(-1)
      if (last !== undefined && last.hash !== answer.beforeHash) {
        yield await this.#rewind()
        continue
      }
      this.#next = answer.at.number + 1n
      this.#trail.push(answer.at)
      if (this.#trail.length > MAX_TRAIL) this.#trail.shift()
      yield { kind: 'read', logs: answer.logs, at: answer.at }
    }
  }

  /** Asks from the next block on, for as much as is answered in full. */
  async #askInFull(head: bigint): Promise<Extract<Answer, { kind: 'logs' | 'behind' }>> {
    const fromBlock = this.#next
    for (;;) {
      const end = fromBlock + this.#size - 1n
      const toBlock = end < head ? end : head
      const length = toBlock - fromBlock + 1n
      if (!(await this.#isTrusted(length, head))) continue
      const answer = await this.#ask({ fromBlock, toBlock })
      if (answer.kind === 'behind') return answer
      if (answer.kind === 'logs' && (length === 1n || !isRound(answer.logs.length))) {
        if (length === this.#size) this.#grow()
        return answer
      }
      this.#halve(length)
    }
  }

  /** Asks once. An error about a single block cannot come from too large a range: it is thrown like an outage. */
  async #ask(range: BlockRange): Promise<Exclude<Answer, { kind: 'busy' }>> {
    const length = range.toBlock - range.fromBlock + 1n
    const answer = await this.#ports.ask(range)
    if (answer.kind === 'busy') {
      this.#busyInRow += 1
      if (this.#busyInRow % SHRINK_AFTER === 0) this.#halve(length) // some nodes hang up on a range that is too large
      throw answer.failure
    }
    this.#busyInRow = 0
    if (answer.kind === 'refused' && length === 1n) throw answer.failure
    return answer
  }

  /** Before a longer range is asked than ever: is the known log in an answer of that length? If not, asks for less. */
  async #isTrusted(length: bigint, head: bigint): Promise<boolean> {
    const known = this.#known
    if (known === undefined || length <= this.#vouched || known.blockNumber > head) return true
    const first = known.blockNumber - length + 1n
    const fromBlock = first < 0n ? 0n : first
    const answer = await this.#ask({ fromBlock, toBlock: fromBlock + length - 1n })
    if (answer.kind === 'behind') throw new Failure('unreachable', 'events: the node is behind')
    if (answer.kind === 'logs' && answer.logs.some((log) => log.transactionHash === known.hash)) {
      this.#vouched = length
      return true
    }
    if (length > 1n) {
      this.#halve(length)
      return false
    }
    if (await this.#ports.holds(known)) {
      const place = `block ${known.blockNumber}, transaction ${known.hash}`
      throw new Failure('unreachable', `events: the node leaves out what is in ${place}`)
    }
    this.#known = undefined // a reorg has moved it: it vouches for nothing any more
    return true
  }

  /** Goes back to the newest position that is still on the chain. */
  async #rewind(): Promise<Rewound> {
    const kept = this.#trail.length
    for (let last = this.#trail.at(-1); last !== undefined; last = this.#trail.at(-1)) {
      if ((await this.#ports.hashOf(last.number)) === last.hash) break
      this.#trail.pop()
    }
    if (this.#trail.length === kept)
      throw new Failure('unreachable', 'events: the nodes do not agree on a block')
    this.#next = this.#afterTrail()
    return { kind: 'rewound', fromBlock: this.#next }
  }

  #afterTrail(): bigint {
    const last = this.#trail.at(-1)
    return last === undefined ? this.#fromBlock : last.number + 1n
  }

  #halve(length: bigint): void {
    this.#size = length > 1n ? length / 2n : 1n
    this.#fullInRow = 0
  }

  #grow(): void {
    this.#fullInRow += 1
    if (this.#fullInRow < GROW_AFTER) return
    this.#fullInRow = 0
    const longer = this.#size * 2n
    this.#size = longer < MAX_BLOCKS ? longer : MAX_BLOCKS
  }
}

/** Reads all logs in a range of blocks. Throws `unreachable`, also where the node does not have the last block. */
export async function readRange(ports: LogPorts, { fromBlock, toBlock }: BlockRange): Promise<RawLog[]> {
  const reader = new LogReader(ports, { fromBlock })
  let logs: RawLog[] = []
  for (let tries = 1; ; tries += 1) {
    try {
      for await (const part of reader.read(toBlock)) {
        if (part.kind === 'read') logs = logs.concat(part.logs)
        else logs = logs.filter((log) => log.blockNumber < part.fromBlock)
        tries = 1
      }
      if (reader.next > toBlock) return logs
      throw new Failure('unreachable', `events: the node does not have block ${toBlock} yet`)
    } catch (error) {
      if (!(error instanceof Failure) || tries === TRIES) throw error
    }
    await pause(100 * 2 ** tries)
  }
}

function isRound(count: number): boolean {
  return count >= 100 && count % 100 === 0
}
