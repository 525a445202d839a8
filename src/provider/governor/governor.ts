import { sleep } from '../../p2p/sleep.ts'
import type { ExecutorKind } from '../../protocol/work/hello.ts'
import type { Decision, Facts, PauseCode, Rules } from './decide.ts'
import { CALM, decide } from './decide.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Machine } from './machine.ts'
import { watchMachine } from './machine.ts'
import { Pace } from './pace.ts'
import { squeeze, widen } from './room.ts'

/** What a lane has just run: so many units of a job, in so many milliseconds. */
export type Burst = { readonly jobId: string; readonly units: number; readonly busyMs: number }

/** So often it is judged whether there is more room or less. */
const PERIOD_MS = 5_000
const MIN_REST_MS = 5
const MAX_REST_MS = 60_000

/** Keeps the work within what the visitor allows and what the computer has to spare. */
export class Governor {
  decision: Decision
  #facts: Facts = CALM
  #rules: Rules
  readonly #onChange: (before: Decision) => void
  readonly #pace = new Pace()
  readonly #heartbeat = new Heartbeat(() => performance.now())
  #isHostLate = false
  readonly #restsMs = new Map<string, number>()

  constructor(rules: Rules, onChange: (before: Decision) => void) {
    this.#rules = rules
    this.#onChange = onChange
    this.decision = decide(this.#facts, rules)
  }

  /** Follows the computer until the signal aborts. */
  async watch(machine: Machine, signal: AbortSignal): Promise<void> {
    watchMachine(machine, (facts) => this.learn(facts), signal)
    this.#heartbeat.beat(() => this.#facts.isVisible, signal)
    while (!signal.aborted) {
      await sleep(PERIOD_MS, signal)
      this.#adapt()
    }
  }

  /** Takes in new facts and decides anew. */
  learn(facts: Partial<Facts>): void {
    const wasBusy = isBusy(this.#facts)
    this.#facts = { ...this.#facts, ...facts }
    if (isBusy(this.#facts) && !wasBusy)
      this.#facts = { ...this.#facts, room: squeeze(this.#facts.room, 'pressure') }
    this.#decide()
  }

  /** Takes the visitor's new limits. */
  set(rules: Rules): void {
    this.#rules = rules
    this.#decide()
  }

  /** Lets work run for this visit although this speaks against it. */
  override(code: PauseCode): void {
    this.learn({ overrides: [...this.#facts.overrides, code] })
  }

  /** Does less at once, and not more again before a time without this: the page around the frame stutters. */
  hostIsLate(): void {
    this.#isHostLate = true
    this.learn({ room: squeeze(this.#facts.room, 'host') })
  }

  /** Rests a lane after a burst, so that busy / (busy + rest) is its duty. Short rests are saved up until a timer can keep them. */
  async rest(
    lane: { name: string; executor: ExecutorKind },
    burst: Burst,
    signal: AbortSignal,
  ): Promise<void> {
    const { jobId, units, busyMs } = burst
    if (!signal.aborted && units > 0 && busyMs > 0)
      this.#pace.note(`${lane.executor} ${jobId}`, busyMs / units)
    const duty = lane.executor === 'wgsl' ? this.decision.gpuDuty : this.decision.cpuDuty
    const owedMs = (this.#restsMs.get(lane.name) ?? 0) + restMs(busyMs, duty)
    if (owedMs < MIN_REST_MS) {
      this.#restsMs.set(lane.name, owedMs)
      return
    }
    this.#restsMs.set(lane.name, 0)
    await sleep(Math.min(owedMs, MAX_REST_MS), signal)
  }

  /** Additive increase, multiplicative decrease: what makes room for others also finds out when they have gone. */
  #adapt(): void {
    const { room } = this.#facts
    const [isSlow, isLate] = [this.#pace.isSlow(), this.#heartbeat.isLate()]
    const isHostLate = this.#isHostLate
    this.#isHostLate = false
    if (isSlow || isLate) this.learn({ room: squeeze(room, isLate ? 'stutter' : 'slow') })
    else if (!isHostLate) this.learn({ room: widen(room) })
  }

  #decide(): void {
    const before = this.decision
    this.decision = decide(this.#facts, this.#rules)
    if (JSON.stringify(before) !== JSON.stringify(this.decision)) this.#onChange(before)
  }
}

function isBusy({ pressure }: Facts): boolean {
  return pressure === 'serious' || pressure === 'critical'
}

/** How long to rest after being busy. */
function restMs(busyMs: number, duty: number): number {
  return busyMs * (1 / Math.min(1, Math.max(0.01, duty)) - 1)
}
