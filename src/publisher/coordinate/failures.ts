import type { Address } from '../../protocol/address.ts'
import type { ExecutorKind } from '../../protocol/work/hello.ts'
import type { FailedUnit, UnitFailure } from '../../protocol/work/message.ts'

/** What a kernel does by itself, in the same way wherever it runs. */
const KERNEL_FAULTS: readonly string[] = [
  'trap',
  'fuel',
  'oversized',
  'malformed',
  'refused',
  'compile',
  'unsupported',
] satisfies UnitFailure[]
/** What says nothing of the unit: whoever it happened to may try it again. */
const NO_FAULTS: readonly string[] = ['device-lost', 'unreachable'] satisfies UnitFailure[]

/** A unit that fails in the same way, by itself, for so many payees is the kernel's fault; or in any way for more. */
const BLAME_AFTER = 3
const GIVE_UP_AFTER = 6

/** A program that does not load on a provider. */
export type FailedLoad = Omit<FailedUnit, 'unit'> & { readonly executor: ExecutorKind }

/** Whether a failure of this kind is the kernel's, wherever it runs. */
export function isKernelFault(code: string): boolean {
  return KERNEL_FAULTS.includes(code)
}

/** Whether a unit that failed so may be given to the same payee again. */
export function isNoFault(code: string): boolean {
  return NO_FAULTS.includes(code)
}

/** How the units of a job failed, since this publisher was started: how often in which way, and for whom. */
export class Failures {
  readonly counts: Partial<Record<UnitFailure, number>> = {}
  /** Why a unit was given up, or else the last failure, as a sentence; empty before the first. */
  trouble = ''
  #isBlaming = false
  readonly #units = new Map<number, Map<Address, UnitFailure>>()
  readonly #loads = new Map<ExecutorKind, Map<Address, UnitFailure>>()

  /** Counts a unit that failed; `others` have run it. Tells whether it is to be given up; `trouble` then says why. */
  note(payee: Address, { unit, code, message }: FailedUnit, others: number): boolean {
    this.#count(code)
    const cause = message.replace(`Unit ${unit}: `, '')
    this.#tell(`Unit ${unit}: ${code}: ${cause}`)
    if (isNoFault(code)) return false
    const byPayee = this.#units.get(unit) ?? new Map<Address, UnitFailure>()
    this.#units.set(unit, byPayee.set(payee, code))
    const same = [...byPayee.values()].filter((other) => other === code).length
    const isAlike = isKernelFault(code) && same >= BLAME_AFTER
    if (!isAlike && byPayee.size < GIVE_UP_AFTER) return false
    const states = isAlike ? code : [...new Set(byPayee.values())].join(', ')
    const failed = isAlike ? same : byPayee.size
    this.trouble = `Unit ${unit} fails: ${states} on ${failed} of ${byPayee.size + others} providers: ${cause}`
    this.#isBlaming = true
    return true
  }

  /** Counts a program that a provider could not load, once for each payee; `present` are there. */
  noteLoad(payee: Address, { executor, code, message }: FailedLoad, present: number): void {
    const byPayee = this.#loads.get(executor) ?? new Map<Address, UnitFailure>()
    if (byPayee.has(payee)) return
    this.#loads.set(executor, byPayee.set(payee, code))
    this.#count(code)
    const of = `${byPayee.size} of ${Math.max(present, byPayee.size)} providers`
    this.#tell(
      `The ${executor === 'wasm' ? 'WASM' : 'WGSL'} program does not load on ${of}: ${code}: ${message}`,
    )
  }

  /** What is less than a unit given up does not take the place of one. */
  #tell(text: string): void {
    if (!this.#isBlaming) this.trouble = text
  }

  #count(code: UnitFailure): void {
    this.counts[code] = (this.counts[code] ?? 0) + 1
  }
}
