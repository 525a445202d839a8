import { Failure } from '../../protocol/failure.ts'
import { readInteger, readRecord } from '../../protocol/read.ts'
import type { Values } from '../../store/store.ts'

/** The visitor's pause, kept over a reload. */
export class Pause {
  isOn: boolean
  /** When it ends (ms since 1970); undefined: when the visitor resumes. */
  untilMs: number | undefined
  readonly #values: Values

  private constructor(values: Values, kept: { readonly untilMs?: number } | undefined) {
    this.#values = values
    this.isOn = kept !== undefined
    this.untilMs = kept?.untilMs
  }

  /** Takes up the pause of the last visit. One that cannot be read holds until the visitor resumes. Throws `storage`. */
  static async open(values: Values): Promise<Pause> {
    const kept = await values.get(KEY)
    return new Pause(values, kept === undefined ? undefined : parsePause(kept))
  }

  async begin(untilMs: number | undefined): Promise<void> {
    this.isOn = true
    this.untilMs = untilMs
    await this.#values.set(KEY, untilMs === undefined ? {} : { untilMs })
  }

  async end(): Promise<void> {
    this.isOn = false
    this.untilMs = undefined
    await this.#values.delete(KEY)
  }

  isOver(nowMs: number): boolean {
    return this.untilMs !== undefined && nowMs >= this.untilMs
  }
}

const KEY = 'pause'

function parsePause(value: unknown): { untilMs?: number } {
  try {
    return readPause(value)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return {}
  }
}

function readPause(value: unknown): { untilMs?: number } {
  const { untilMs } = readRecord(value, 'pause', ['untilMs'])
  return untilMs === undefined
    ? {}
    : { untilMs: readInteger(untilMs, 'pause.untilMs', [0, Number.MAX_SAFE_INTEGER]) }
}
