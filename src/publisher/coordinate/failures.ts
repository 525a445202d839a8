import { GIVE_UP_UNITS } from '../../market/distrust.ts'
import type { Address } from '../../protocol/address.ts'
import type { ExecutorKind } from '../../protocol/work/hello.ts'
import type { FailedUnit, UnitFailure } from '../../protocol/work/message.ts'
import type { Journal } from '../../store/store.ts'
import type { JobRecord } from '../job-record.ts'
import { packJobRecord } from '../job-record.ts'

/** What a kernel does when it runs, in the same way everywhere. */
const RUN_FAULTS: readonly string[] = ['trap', 'fuel', 'oversized', 'malformed'] satisfies UnitFailure[]
/** The same, or why it does not run. */
const KERNEL_FAULTS: readonly string[] = [
  ...RUN_FAULTS,
  ...(['refused', 'compile', 'unsupported'] satisfies UnitFailure[]),
]
/** What says nothing of the unit: whoever it happened to may try it again. */
const NO_FAULTS: readonly string[] = ['device-lost', 'unreachable'] satisfies UnitFailure[]

/** A unit that fails in the same way, by itself, for so many payees is the kernel's fault; or in any way for more. */
const BLAME_AFTER = 3
const GIVE_UP_AFTER = 6

/** A program that a provider cannot run. */
export type FailedLoad = Omit<FailedUnit, 'unit'> & { readonly executor: ExecutorKind }
type FailuresRecord = Extract<JobRecord, { kind: 'failures' }>

/** Whether a failure of this kind is the kernel's, wherever it runs. */
function isKernelFault(code: string): boolean {
  return KERNEL_FAULTS.includes(code)
}

/** Whether a unit that failed so may be given to the same payee again. */
export function isNoFault(code: string): boolean {
  return NO_FAULTS.includes(code)
}

/** How the units of a job failed: how often in which way, and for whom. What is worth keeping is in the job's journal. */
export class Failures {
  readonly counts: Partial<Record<UnitFailure, number>> = {}
  /** Whether the publisher runs units itself. Then it need not believe those who say that one fails: addresses cost nothing. */
  isReferee = false
  /** Units that failed for so many that the publisher looks at them itself, each with why it would be given up. */
  readonly suspects = new Map<number, string>()
  /** Why the job was ended; empty while it goes on, or when its publisher wanted it so. */
  stopped = ''
  /** Units that the publisher could not run either, for want of time or memory. */
  readonly #own = new Set<number>()
  readonly #journal: Pick<Journal, 'append'>
  readonly #isDecided: (unit: number) => boolean
  /** What is wrong beside the units and programs. */
  #other = ''
  /** Why a unit was given up, the last that was. */
  #givenUp = ''
  /** The last failure of a unit that was not given up. */
  #last = { unit: 0, text: '' }
  #unfit = ''
  readonly #units = new Map<number, Map<Address, UnitFailure>>()
  /** Units that failed for each payee by what the kernel does. */
  readonly #faults = new Map<Address, number>()
  readonly #loads = new Map<ExecutorKind, Map<Address, UnitFailure>>()
  #total = 0
  #kept = 0

  constructor(journal: Pick<Journal, 'append'>, isDecided: (unit: number) => boolean) {
    this.#journal = journal
    this.#isDecided = isDecided
  }

  /** What is wrong, in sentences; empty while nothing is. */
  get trouble(): string {
    if (this.stopped !== '') return [this.#other, this.stopped].filter((text) => text !== '').join('. ')
    const open = this.#isDecided(this.#last.unit) ? '' : this.#last.text
    return [this.#other, this.#givenUp, open, this.#unfit].filter((text) => text !== '').join('. ')
  }

  /** Whether a unit failed for somebody by itself. */
  hasFailed(unit: number): boolean {
    return this.#units.has(unit)
  }

  /** Takes note of what is wrong beside the units, as a sentence. */
  say(trouble: string): void {
    this.#other = trouble
  }

  /**
   * Counts a unit that failed; `others` have run it. Tells whether it is to be given up; `trouble` then says why. One that somebody
   * has run, or that the publisher has yet to try, is not: liars could end it.
   */
  note(payee: Address, failed: FailedUnit, others: number): boolean {
    const { unit, code } = failed
    const cause = causeOf(failed)
    const byPayee = this.#units.get(unit) ?? new Map<Address, UnitFailure>()
    if (RUN_FAULTS.includes(code) && !byPayee.has(payee))
      this.#faults.set(payee, (this.#faults.get(payee) ?? 0) + 1)
    if (!isNoFault(code)) this.#units.set(unit, byPayee.set(payee, code))
    const same = [...byPayee.values()].filter((other) => other === code).length
    const isAlike = isKernelFault(code) && same >= BLAME_AFTER
    const isSuspect = isAlike || (!isNoFault(code) && byPayee.size >= GIVE_UP_AFTER)
    if (isSuspect && !this.#isDecided(unit)) {
      const states = isAlike ? code : [...new Set(byPayee.values())].join(', ')
      const failing = isAlike ? same : byPayee.size
      const on = `${failing} of ${byPayee.size} providers`
      this.suspects.set(unit, `Unit ${unit} fails: ${states} on ${on}: ${cause}`)
    }
    this.#last = { unit, text: `Unit ${unit}: ${code}: ${cause}` }
    const mayBelieve = !this.isReferee || this.#own.has(unit)
    const isGivenUp = mayBelieve && others === 0 && this.condemn(unit)
    this.#count(code)
    return isGivenUp
  }

  /**
   * Why no unit of a job can be expected to work that nobody has a result of, when `givenUp` of its units were given up; empty while some may.
   * Where this publisher runs no units itself it believes what it would believe of each unit: as many payees that say the same.
   */
  whyHopeless(givenUp: number): string {
    const witnesses = [...this.#faults.values()].filter((units) => units >= GIVE_UP_UNITS).length
    if (givenUp < GIVE_UP_UNITS && (this.isReferee || witnesses < BLAME_AFTER)) return ''
    const tried = Math.max(givenUp, this.#units.size)
    const stopped = `Stopped: all ${tried} units that were tried failed, so the deposit comes back`
    return [stopped, this.#givenUp || this.#last.text].filter((text) => text !== '').join('. ')
  }

  /** Gives a suspect up. Tells whether it was one. */
  condemn(unit: number): boolean {
    const why = this.suspects.get(unit)
    if (why === undefined) return false
    this.#giveUp(unit, why)
    return true
  }

  /** Takes note of a unit that failed for the publisher itself; `others` have run it. Tells whether it is to be given up; else it waits for a provider. */
  noteOwn(failed: FailedUnit, others: number): boolean {
    const { unit, code } = failed
    const count = this.#units.get(unit)?.size ?? 0
    const on = count === 0 ? '' : `${count} provider${count > 1 ? 's' : ''} and `
    const text = `Unit ${unit} fails: ${code} on ${on}this publisher: ${causeOf(failed)}`
    const isGivenUp = isKernelFault(code) || (this.suspects.has(unit) && others === 0)
    if (isGivenUp) this.#giveUp(unit, text)
    else this.#own.add(unit)
    if (!isGivenUp) this.#last = { unit, text: `${text}. It waits for another provider` }
    return isGivenUp
  }

  /** Counts a program that a provider cannot run, once for each payee; `present` are there. */
  noteLoad(payee: Address, { executor, code, message }: FailedLoad, present: number): void {
    const byPayee = this.#loads.get(executor) ?? new Map<Address, UnitFailure>()
    if (byPayee.has(payee)) return
    this.#loads.set(executor, byPayee.set(payee, code))
    const of = `${byPayee.size} of ${Math.max(present, byPayee.size)} providers`
    const program = executor === 'wasm' ? 'WASM' : 'WGSL'
    this.#unfit = `The ${program} program does not run on ${of}: ${code}: ${message}`
    this.#count(code)
  }

  /** Takes up what a record of the journal says. Payees are not in it: one that fails again after a restart counts again. */
  restore({ counts, givenUp, unfit }: FailuresRecord): void {
    Object.assign(this.counts, counts)
    this.#total = Object.values(counts).reduce((sum, count) => sum + count, 0)
    this.#kept = this.#total
    this.#givenUp = givenUp
    this.#unfit = unfit
  }

  /** Writes down what was counted since the last time. Throws `storage`. */
  async keep(): Promise<void> {
    if (this.#total === this.#kept) return
    this.#kept = this.#total
    const texts = { givenUp: this.#givenUp, unfit: this.#unfit }
    await this.#journal.append(packJobRecord({ kind: 'failures', counts: { ...this.counts }, ...texts }))
  }

  #giveUp(unit: number, text: string): void {
    this.#givenUp = text
    this.suspects.delete(unit)
    if (this.#last.unit === unit) this.#last = { unit, text: '' }
  }

  /** Every failure of few is kept, and of many so often that a crash forgets an eighth: the journal grows with their logarithm. */
  #count(code: UnitFailure): void {
    this.counts[code] = (this.counts[code] ?? 0) + 1
    this.#total += 1
    if (this.#total - this.#kept <= this.#kept / 8) return
    void this.keep().catch(() => undefined) // the next result finds the journal broken, and says so
  }
}

function causeOf({ unit, message }: FailedUnit): string {
  return message.replace(`Unit ${unit}: `, '')
}
