import type { FailureCode } from '../protocol/failure.ts'
import { Failure } from '../protocol/failure.ts'

/** The code of what was thrown: without one of its own `memory` where this machine had too little, else `trap`. */
export function codeOf(error: unknown): FailureCode {
  if (error instanceof Failure) return error.code
  return isOutOfMemory(error) ? 'memory' : 'trap'
}

/** Whether an error says that this machine could not give memory. Engines have no class for it, only their words. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /memory|allocat/i.test(error.message)
}
