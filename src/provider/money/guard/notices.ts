import type { Hex } from '../../../protocol/bytes.ts'
import { fromHex, toHex } from '../../../protocol/bytes.ts'
import {
  at,
  readBytes,
  readInteger,
  readList,
  readRecord,
  readText,
  readWord,
} from '../../../protocol/read.ts'
import type { Values } from '../../../store/store.ts'

const KINDS = ['posted', 'challenged', 'compensated', 'lie', 'trouble'] as const

/** Something that this provider did for its money or found out about it, for its visitor. */
export type Notice = {
  /** Ms since 1970. */
  readonly at: number
  readonly kind: (typeof KINDS)[number]
  readonly jobId: Hex
  readonly text: string
}

const NOTICES = 'notices'
const MAX_NOTICES = 50
const MAX_TEXT = 500

/** The newest notices, kept in the store. */
export class Notices {
  readonly #values: Values
  #newest: readonly Notice[]

  private constructor(values: Values, newest: readonly Notice[]) {
    this.#values = values
    this.#newest = newest
  }

  /** Reads what was kept. Throws `storage` or `malformed`. */
  static async open(values: Values): Promise<Notices> {
    const kept = await values.get(NOTICES)
    const read = { max: MAX_NOTICES, read: parseNotice }
    return new Notices(values, kept === undefined ? [] : readList(kept, NOTICES, read))
  }

  /** The newest first. */
  get newest(): readonly Notice[] {
    return this.#newest
  }

  /** Keeps one more. Throws `storage`. */
  async add(notice: Notice): Promise<void> {
    const text = notice.text.slice(0, MAX_TEXT)
    this.#newest = [{ ...notice, text }, ...this.#newest].slice(0, MAX_NOTICES)
    await this.#values.set(
      NOTICES,
      this.#newest.map(({ jobId, ...same }) => ({ ...same, jobId: fromHex(jobId) })),
    )
  }
}

function parseNotice(value: unknown, path: string): Notice {
  const record = readRecord(value, path, ['at', 'kind', 'jobId', 'text'])
  return {
    at: readInteger(record.at, at(path, 'at'), [0, Number.MAX_SAFE_INTEGER]),
    kind: readWord(record.kind, at(path, 'kind'), { words: KINDS }),
    jobId: toHex(readBytes(record.jobId, at(path, 'jobId'), 32)),
    text: readText(record.text, at(path, 'text'), MAX_TEXT),
  }
}
