import type { Hex } from '../../protocol/bytes.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import type { SignedStatement } from '../../protocol/statement/statement.ts'
import { Bell } from '../bell.ts'
import { sleep } from '../sleep.ts'
import type { RegistrySession } from './registry-session.ts'

type Kept = { readonly signed: SignedStatement; readonly until: number }

/** What did not succeed is tried again after this long, so many times in all. */
const RETRY_MS = 30_000
const MAX_TRIES = 5
/** A relay that is told of many lists is not flooded. */
const REST_MS = 200
const MAX_LISTS = 1_000

/** The posted statements whose lists relays shall keep: each relay is asked for each, one after the other. */
export class MirrorLists {
  readonly #lists = new Map<Hex, Kept>()
  readonly #bells = new Set<Bell>()
  readonly #now: () => number
  readonly #onTrouble: (failure: Failure) => void

  /** `now` tells the seconds since 1970. */
  constructor(now: () => number, onTrouble: (failure: Failure) => void) {
    this.#now = now
    this.#onTrouble = onTrouble
  }

  /** Has all relays asked for the list of a statement, and those that come back before `until` (seconds since 1970). */
  add(signed: SignedStatement, until: number): void {
    const { dataHash } = signed.statement
    if (this.#lists.has(dataHash)) return
    for (const [oldest, kept] of this.#lists)
      if (kept.until <= this.#now() || this.#lists.size >= MAX_LISTS) this.#lists.delete(oldest)
    this.#lists.set(dataHash, { signed, until })
    for (const bell of this.#bells) bell.ring()
  }

  /** Asks one relay, for as long as its session lasts. */
  async run(session: Pick<RegistrySession, 'mirror'>, relay: string, signal: AbortSignal): Promise<void> {
    const bell = new Bell()
    const tries = new Map<Hex, number>()
    this.#bells.add(bell)
    while (!signal.aborted) {
      for (const [dataHash, { signed, until }] of this.#lists) {
        const done = tries.get(dataHash) ?? 0
        if (signal.aborted || done >= MAX_TRIES || until <= this.#now()) continue
        const isKept = await this.#ask(session, relay, signed)
        tries.set(dataHash, isKept ? MAX_TRIES : done + 1)
        await sleep(REST_MS, signal)
      }
      await bell.wait(RETRY_MS, signal)
    }
    this.#bells.delete(bell)
  }

  async #ask(
    session: Pick<RegistrySession, 'mirror'>,
    relay: string,
    signed: SignedStatement,
  ): Promise<boolean> {
    try {
      await session.mirror(signed)
      return true
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const { epoch, seq } = signed.statement
      const text = `relay ${relay} does not mirror the list of statement ${epoch}.${seq}: ${reason(error)}`
      this.#onTrouble(new Failure(error.code, text, { cause: error }))
      return false
    }
  }
}
