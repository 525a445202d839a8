import { sleep } from '../../p2p/sleep.ts'
import { Failure } from '../../protocol/failure.ts'
import type { SpeedClass } from '../../protocol/work/hello.ts'
import type { Store } from '../../store/store.ts'
import type { Profile } from '../../worker/admission/profile.ts'
import { describeProfile, isFresh, speedOf } from '../../worker/admission/profile.ts'
import type { Trial } from '../../worker/admission/route.ts'
import type { Executor } from '../../worker/executor.ts'
import type { Sandbox, SandboxReport } from '../../worker/sandbox.ts'
import type { ProviderSettings } from '../state.ts'
import type { Admitted } from './admitted.ts'
import { packAdmitted, parseAdmitted } from './admitted.ts'

/** What an admission works with. `browser` names the browser and its version. */
export type AdmissionPorts = {
  readonly sandbox: Sandbox
  readonly values: Store['values']
  readonly browser: string
  nowMs(): number
}

/** The visitor's limits that the figures depend on. */
export type Throttle = Pick<ProviderSettings, 'cpuDuty' | 'gpuDuty' | 'cpuWorkers'>

const KEY = 'admission'
/** What could not be measured is tried again after so long. */
const RETRY_MS = 60_000
/** So long a job waits for a measurement that is under way. */
const PATIENCE_MS = 5_000
const MAX_TRIALS = 64

/** What this browser has been found to be good at: measured when it starts for the first time and when conditions change. */
export class Admission {
  readonly #ports: AdmissionPorts
  readonly #signal: AbortSignal
  #known: Admitted
  #measuring: Promise<void> | undefined
  #retryAt = 0
  /** The adapter as it was when it was there: a GPU that rests after a failure is no other browser. */
  #adapter: SandboxReport['gpu']

  private constructor(ports: AdmissionPorts, known: Admitted, signal: AbortSignal) {
    this.#ports = ports
    this.#known = known
    this.#signal = signal
  }

  /** Takes up what was measured before. Throws `storage`. */
  static async open(ports: AdmissionPorts, signal: AbortSignal): Promise<Admission> {
    return new Admission(ports, parseAdmitted(await ports.values.get(KEY)), signal)
  }

  get isMeasuring(): boolean {
    return this.#measuring !== undefined
  }

  /** What was measured, in words; empty before. */
  get words(): string {
    const { profile } = this.#known
    if (this.isMeasuring) return 'Measuring what this browser is good at'
    return profile === undefined ? '' : describeProfile(profile)
  }

  /** What publishers are told of it. */
  get greeting(): { readonly speed?: SpeedClass } {
    const { profile } = this.#known
    return profile === undefined ? {} : { speed: speedOf(profile) }
  }

  /** What was measured; waits a while for a measurement that is under way. */
  async profile(): Promise<Profile | undefined> {
    if (this.#measuring !== undefined) await Promise.race([this.#measuring, sleep(PATIENCE_MS, this.#signal)])
    return this.#known.profile
  }

  /** Measures in the background where nothing holds for how things are now. Cheap to call often. */
  check(throttle: Throttle): void {
    const { profile } = this.#known
    const now = this.#ports.nowMs()
    if (this.#measuring !== undefined || this.#signal.aborted || now < this.#retryAt) return
    const { gpu } = this.#ports.sandbox.report
    if (gpu === undefined && this.#adapter !== undefined) return
    this.#adapter = gpu
    const conditions = this.#conditions(throttle)
    if (profile !== undefined && isFresh(profile, conditions, now)) return
    this.#measuring = this.#measure(conditions, throttle).finally(() => {
      this.#measuring = undefined
    })
  }

  /** What trying these twins showed here before. */
  trialOf(twins: string): Trial | undefined {
    return this.#known.trials.get(twins)
  }

  /** Keeps what trying twins showed, until conditions change. A store that does not keep it costs another trial. */
  remember(twins: string, trial: Trial): void {
    const trials = new Map(this.#known.trials)
    trials.delete(twins)
    trials.set(twins, trial)
    this.#known = { ...this.#known, trials: new Map([...trials].slice(-MAX_TRIALS)) }
    void this.#keep()
  }

  async #measure(conditions: string, throttle: Throttle): Promise<void> {
    try {
      const { measure } = await import('../../worker/admission/measure.ts')
      const measured = await measure({
        sandbox: this.#ports.sandbox,
        cpuWorkers: throttle.cpuWorkers,
        rest: (executor, busyMs) => sleep(restMs(throttle, executor, busyMs), this.#signal),
        signal: this.#signal,
      })
      const profile = { ...measured, conditions, measuredAt: this.#ports.nowMs() }
      this.#known = { profile, trials: new Map() }
      await this.#keep()
    } catch (error) {
      if (!(error instanceof Failure)) console.error('Weft: the admission benchmark failed', error)
      this.#retryAt = this.#ports.nowMs() + RETRY_MS
    }
  }

  async #keep(): Promise<void> {
    try {
      await this.#ports.values.set(KEY, packAdmitted(this.#known))
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      console.info(`Weft: the admission benchmark is not kept (${error.message})`)
    }
  }

  #conditions({ cpuDuty, gpuDuty, cpuWorkers }: Throttle): string {
    const { mode, gpu } = this.#ports.sandbox.report
    const adapter =
      gpu === undefined ? 'no GPU' : `${gpu.vendor} ${gpu.architecture} ${gpu.isFallbackAdapter}`
    const duties = `duty ${quarter(cpuDuty)} and ${quarter(gpuDuty)}`
    return `probe 1; ${this.#ports.browser}; ${mode}; ${adapter}; ${cpuWorkers} workers; ${duties}`
  }
}

function quarter(duty: number): string {
  return `${Math.ceil(duty * 4)}/4`
}

/** How long to rest after being busy, so that busy / (busy + rest) is the visitor's share. */
function restMs({ cpuDuty, gpuDuty }: Throttle, executor: Executor, busyMs: number): number {
  return busyMs * (1 / (executor === 'wgsl' ? gpuDuty : cpuDuty) - 1)
}
