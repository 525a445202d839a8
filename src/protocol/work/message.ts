import type { Digest, Hex } from '../bytes.ts'
import type { Opening } from '../escrow/opening.ts'
import type { SignedStatement } from '../statement/statement.ts'
import type { Leaf } from '../statement/sum-tree.ts'
import type { ExecutorKind } from './hello.ts'
import type { SignedResults } from './result.ts'

/**
 * Everything that is said on a `/weft/work/1` stream, which a provider opens to a publisher. `hello` is the first word;
 * it is a message of its own because only its reader knows the account that must have signed it.
 */
export type WorkMessage =
  /** Provider: who I am. The body is read by `parseHello`. */
  | { readonly kind: 'hello'; readonly body: unknown }
  /** Publisher: you are welcome; these jobs are open here. */
  | { readonly kind: 'welcome'; readonly jobs: readonly Hex[] }
  /** Provider: tell me which units of this job are accepted, from now on and so far. */
  | { readonly kind: 'follow'; readonly jobId: Hex }
  /** Provider: credit for so many more frames of work. */
  | { readonly kind: 'want'; readonly jobId: Hex; readonly executor: ExecutorKind; readonly frames: number }
  /** Publisher: a right to run these units until `ttlMs` from now. */
  | {
      readonly kind: 'lease'
      readonly jobId: Hex
      readonly lease: number
      readonly executor: ExecutorKind
      readonly units: readonly number[]
      readonly ttlMs: number
    }
  /** Publisher: no work for that credit at the moment, and why; the credit stays. */
  | { readonly kind: 'idle'; readonly jobId: Hex; readonly executor: ExecutorKind; readonly why: IdleReason }
  /** Provider: the outputs of a lease, in the order of `results.units`, and the units that failed. */
  | {
      readonly kind: 'result'
      readonly lease: number
      readonly results: SignedResults
      readonly outputs: readonly Uint8Array[]
      readonly failed: readonly FailedUnit[]
      readonly elapsedMs: number
    }
  /** Provider: this program of the job does not load here, so I take no units of it. */
  | {
      readonly kind: 'unfit'
      readonly jobId: Hex
      readonly executor: ExecutorKind
      readonly code: UnitFailure
      readonly message: string
    }
  /** Provider: these leases come back unfinished. */
  | { readonly kind: 'return'; readonly jobId: Hex; readonly leases: readonly number[] }
  /** Publisher: these units are accepted with these outputs; in `own` of them the publisher's own opinion was needed. */
  | {
      readonly kind: 'accepted'
      readonly jobId: Hex
      readonly units: readonly number[]
      readonly digests: readonly Digest[]
      readonly own: number
    }
  /** Publisher: your result for this unit earns nothing; the evidence shows why. */
  | {
      readonly kind: 'rejected'
      readonly jobId: Hex
      readonly unit: number
      readonly evidence: readonly SignedResults[]
    }
  /** Publisher: what the settler promises to your payee, and the opening that it takes to post or challenge that. */
  | {
      readonly kind: 'statement'
      readonly signed: SignedStatement
      readonly leaf: Leaf
      readonly proof: Uint8Array
      readonly opening: Opening
    }
  /** Either: I am leaving, and why. */
  | { readonly kind: 'goodbye'; readonly why: string }
  /** Either: that cannot be done, and why. */
  | { readonly kind: 'refusal'; readonly jobId: Hex | undefined; readonly why: string }

/** The ways in which a unit can fail, or a program not load: what the kernel does, and what happens to who runs it. */
export const UNIT_FAILURES = [
  ...(['trap', 'fuel', 'timeout', 'memory', 'oversized', 'malformed'] as const),
  ...(['refused', 'compile', 'unsupported', 'device-lost', 'wedged', 'unreachable'] as const),
] as const
export type UnitFailure = (typeof UNIT_FAILURES)[number]

/** Says in one of those words what went wrong; what is none of them is a trap. */
export function unitFailure(code: string): UnitFailure {
  return UNIT_FAILURES.find((known) => known === code) ?? 'trap'
}

export type FailedUnit = { readonly unit: number; readonly code: UnitFailure; readonly message: string }

/** Why a publisher has no work for a provider just now. */
export const IDLE_REASONS = ['others', 'budget', 'done', 'closing', 'executor', 'distrust'] as const
export type IdleReason = (typeof IDLE_REASONS)[number]
