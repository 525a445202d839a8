import type { Hex } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import type { Chain } from './chain.ts'
import { confirmedBlock, pause } from './chain.ts'
import type { EscrowEvent } from './escrow/escrow-event.ts'
import { readEvent } from './escrow/escrow-event.ts'
import { logPorts } from './logs/ask-logs.ts'
import type { BlockRange, Position, ReaderOptions, Rewound } from './logs/read-range.ts'
import { LogReader, readRange } from './logs/read-range.ts'

/** Which events: from a block on, of one job or of all. */
export type EventRange = BlockRange & { readonly jobId?: Hex }

/**
 * How to watch. `onRead` hears how far everything was told: who keeps these positions gives the last ones as `trail` and
 * goes on there. `onOutage` hears of every failed attempt, and with `undefined` that the chain answers again.
 */
export type WatchOptions = ReaderOptions & {
  readonly jobId?: Hex
  readonly signal: AbortSignal
  onRead?(at: Position): void
  onOutage?(failure: Failure | undefined): void
}

const MAX_PAUSE_MS = 30_000

/** Reads the events in a range of blocks, both ends included. Throws `unreachable`. */
export async function readEvents(chain: Chain, { jobId, ...range }: EventRange): Promise<EscrowEvent[]> {
  const logs = await readRange(portsFor(chain, jobId), range)
  return logs.flatMap((log) => readEvent(log) ?? [])
}

/**
 * Follows the escrow's events from a block on, each once and in order, as soon as it has the chain's confirmations,
 * until the signal aborts. An outage of the chain is waited out. A reorg that goes deeper than the confirmations is told
 * as `rewound`: what was told of those blocks is void, and what is there now follows.
 */
export async function* watchEscrow(
  chain: Chain,
  options: WatchOptions,
): AsyncGenerator<EscrowEvent | Rewound, void> {
  const { jobId, signal, onRead, onOutage } = options
  const reader = new LogReader(portsFor(chain, jobId), options)
  let failures = 0
  const answered = (): void => {
    if (failures > 0) onOutage?.(undefined)
    failures = 0
  }
  while (!signal.aborted) {
    try {
      for await (const part of reader.read(await confirmedBlock(chain))) {
        answered()
        if (part.kind === 'rewound') yield part
        else {
          yield* part.logs.flatMap((log) => readEvent(log) ?? [])
          onRead?.(part.at)
        }
        if (signal.aborted) return
      }
      answered()
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      failures += 1
      onOutage?.(error)
    }
    await pause(Math.min(chain.pollMs * 2 ** failures, MAX_PAUSE_MS), signal).catch(() => undefined)
  }
}

function portsFor(chain: Chain, jobId: Hex | undefined): ReturnType<typeof logPorts> {
  return logPorts(chain, jobId === undefined ? [] : [null, jobId])
}
