import { at, readInteger, readList, readRecord, readText } from '../../../protocol/read.ts'
import type { Values } from '../../../store/store.ts'

const LOG = 'moves'
const MAX_MOVES = 1_000

type Sent = { readonly name: string; readonly until: number }

/** What was sent to the chain, noted before it was: after a reload nothing is sent again while it may still arrive. */
export class MoveLog {
  readonly #values: Values
  #sent: Sent[] | undefined

  constructor(values: Values) {
    this.#values = values
  }

  /** Whether a move was sent and may still arrive. Throws `storage`. */
  async isUnderWay(name: string, nowMs: number): Promise<boolean> {
    const sent = await this.#read()
    return sent.some((one) => one.name === name && one.until > nowMs)
  }

  /** Notes a move that is about to be sent, until when it arrives or never does. Throws `storage`. */
  async note(name: string, { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number }) {
    const others = (await this.#read()).filter((one) => one.name !== name && one.until > nowMs)
    await this.#write([...others, { name, until: untilMs }].slice(-MAX_MOVES))
  }

  /** Forgets a move that was certainly not sent. Throws `storage`. */
  async forget(name: string): Promise<void> {
    await this.#write((await this.#read()).filter((one) => one.name !== name))
  }

  async #read(): Promise<Sent[]> {
    this.#sent ??= parseLog(await this.#values.get(LOG))
    return this.#sent
  }

  async #write(sent: Sent[]): Promise<void> {
    this.#sent = sent
    await this.#values.set(LOG, sent)
  }
}

function parseLog(value: unknown): Sent[] {
  return value === undefined ? [] : readList(value, LOG, { max: MAX_MOVES, read: parseSent })
}

function parseSent(value: unknown, path: string): Sent {
  const record = readRecord(value, path, ['name', 'until'])
  return {
    name: readText(record.name, at(path, 'name'), 200),
    until: readInteger(record.until, at(path, 'until'), [0, Number.MAX_SAFE_INTEGER]),
  }
}
