/** Silence after which the other side is asked for a sign of life, and how long it may take to answer. */
export type HeartbeatLimits = { readonly idleMs: number; readonly answerMs: number }

export type HeartbeatPorts = { ping(): void; onDead(): void }

/**
 * Watches that the other side of a stream is alive: asks after `idleMs` of silence and reports it dead when nothing
 * comes for another `answerMs`. A clock that stood still (a frozen tab, a sleeping machine) is no proof: it asks again.
 */
export class Heartbeat {
  readonly #limits: HeartbeatLimits
  readonly #ports: HeartbeatPorts
  #heardAt = Date.now()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(limits: HeartbeatLimits, ports: HeartbeatPorts) {
    this.#limits = limits
    this.#ports = ports
    this.#listen(limits.idleMs)
  }

  /** Something has arrived. */
  heard(): void {
    this.#heardAt = Date.now()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #listen(waitMs: number): void {
    this.#timer = setTimeout(() => {
      const silentMs = Date.now() - this.#heardAt
      if (silentMs < this.#limits.idleMs) this.#listen(this.#limits.idleMs - silentMs)
      else this.#ask()
    }, waitMs)
  }

  #ask(): void {
    const askedAt = Date.now()
    this.#ports.ping()
    this.#timer = setTimeout(() => {
      const lateMs = Date.now() - askedAt - this.#limits.answerMs
      if (this.#heardAt >= askedAt) this.#listen(this.#limits.idleMs)
      else if (lateMs > this.#limits.answerMs / 2) this.#ask()
      else this.#ports.onDead()
    }, this.#limits.answerMs)
  }
}
