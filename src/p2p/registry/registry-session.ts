import type { SignedAnnouncement } from '../../protocol/announcement.ts'
import { packAnnouncement } from '../../protocol/announcement.ts'
import { Failure, malformed } from '../../protocol/failure.ts'
import type { Frame } from '../../protocol/frame.ts'
import type { SignedStatement } from '../../protocol/statement/statement.ts'
import { packStatement } from '../../protocol/statement/statement.ts'
import type { FrameStream } from '../peer-node.ts'
import { REGISTRY_FRAME } from './registry-message.ts'

/** Takes an entry that the relay tells, as it came over the wire. */
type OnEntry = (entry: unknown) => void
type Pending = { resolve(answer: unknown): void; reject(failure: Failure): void }

const ANSWER_MS = 10_000
/** The relay fetches the list from here before it answers. */
const MIRROR_MS = 60_000

const ANSWERS: readonly number[] = [
  REGISTRY_FRAME.accepted,
  REGISTRY_FRAME.listed,
  REGISTRY_FRAME.first,
  REGISTRY_FRAME.mirrored,
]

/** One relay's registry over one stream: questions with their answers, and what a watch brings. */
export class RegistrySession {
  readonly #stream: FrameStream
  readonly #pending = new Map<number, Pending>()
  readonly #onEntry = new Map<number, OnEntry>()
  #lastRequest = 0

  constructor(stream: FrameStream) {
    this.#stream = stream
  }

  /** Hands an announcement to the relay. Throws `refused` with the relay's reason, `timeout`, `unreachable`. */
  async announce(signed: SignedAnnouncement): Promise<void> {
    const body = packAnnouncement(signed)
    await this.#ask({ type: REGISTRY_FRAME.announce, request: this.#next(), body })
  }

  /** Shows a statement to the relay; gives the one that it was shown first for this place, as it came over the wire. */
  witness(signed: SignedStatement): Promise<unknown> {
    const body = packStatement(signed)
    return this.#ask({ type: REGISTRY_FRAME.witness, request: this.#next(), body })
  }

  /** Has the relay keep the list of a statement, which it fetches from this peer. Throws as `announce` does. */
  async mirror(signed: SignedStatement): Promise<void> {
    const body = packStatement(signed)
    await this.#ask({ type: REGISTRY_FRAME.mirror, request: this.#next(), body }, MIRROR_MS)
  }

  /** Has the relay tell all entries. Resolves when it has. */
  async query(onEntry: OnEntry): Promise<void> {
    const request = this.#next(onEntry)
    await this.#ask({ type: REGISTRY_FRAME.query, request, body: null }).finally(() => {
      this.#onEntry.delete(request)
    })
  }

  /** Has the relay tell all entries and go on with those to come. */
  async watch(onEntry: OnEntry): Promise<void> {
    await this.#ask({ type: REGISTRY_FRAME.watch, request: this.#next(onEntry), body: null })
  }

  /** Reads until the stream ends. Throws the failure that ended it. */
  async run(): Promise<void> {
    try {
      for await (const frame of this.#stream.frames) this.#take(frame)
    } finally {
      const lost = new Failure('unreachable', 'the relay’s registry is gone')
      for (const { reject } of this.#pending.values()) reject(lost)
      this.#pending.clear()
    }
  }

  #next(onEntry?: OnEntry): number {
    this.#lastRequest += 1
    if (onEntry !== undefined) this.#onEntry.set(this.#lastRequest, onEntry)
    return this.#lastRequest
  }

  async #ask(frame: Frame, answerMs = ANSWER_MS): Promise<unknown> {
    const { request } = frame
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      return await new Promise<unknown>((resolve, reject) => {
        this.#pending.set(request, { resolve, reject })
        const late = new Failure('timeout', `the relay did not answer in ${answerMs / 1000} s`)
        timer = setTimeout(() => reject(late), answerMs)
        if (!this.#stream.send(frame)) reject(new Failure('unreachable', 'the relay’s registry is gone'))
      })
    } finally {
      clearTimeout(timer)
      this.#pending.delete(request)
    }
  }

  #take({ type, request, body }: Frame): void {
    const pending = this.#pending.get(request)
    if (ANSWERS.includes(type)) pending?.resolve(body)
    else if (type === REGISTRY_FRAME.refused)
      pending?.reject(new Failure('refused', `the relay refused: ${String(body).slice(0, 300)}`))
    else if (type === REGISTRY_FRAME.entries && Array.isArray(body))
      for (const entry of body) this.#onEntry.get(request)?.(entry)
    else this.#stream.abort(malformed('registry frame', 'an answer of a registry', type))
  }
}
