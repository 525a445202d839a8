import {
  AbiDecodingZeroDataError,
  BaseError,
  HttpRequestError,
  InsufficientFundsError,
  LimitExceededRpcError,
  TimeoutError,
} from 'viem'
import { Failure, reason } from '../protocol/failure.ts'

/** Makes of whatever a question to the chain threw one `Failure`. What a contract says against a call is told by `explainCall`. */
export function explain(action: string, error: unknown): Failure {
  const known = explainKnown(action, error)
  if (known !== undefined) return known
  const said = error instanceof BaseError ? error.details || error.shortMessage : reason(error)
  return new Failure('refused', `${action}: ${said}`, { cause: error })
}

/** The same for what has nothing to do with the contract's rules; undefined for the rest. */
export function explainKnown(action: string, error: unknown): Failure | undefined {
  if (error instanceof Failure) return error
  const failure = (code: 'refused' | 'unreachable', why: string): Failure =>
    new Failure(code, `${action}: ${why}`, { cause: error })
  if (!(error instanceof BaseError)) return failure('unreachable', reason(error))
  if (has(error, InsufficientFundsError) || /insufficient funds/i.test(error.details))
    return failure('refused', 'the account has not enough coins for the amount and the gas')
  if ([HttpRequestError, TimeoutError, LimitExceededRpcError].some((kind) => has(error, kind)))
    return failure('unreachable', `the chain does not answer (${error.shortMessage})`)
  if (has(error, AbiDecodingZeroDataError))
    return failure('unreachable', 'there is no such contract on this chain')
  return undefined
}

/** Runs a chain call; whatever it throws becomes one `Failure`. */
export async function explained<T>(action: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw explain(action, error)
  }
}

function has(error: BaseError, kind: abstract new (...args: never[]) => Error): boolean {
  return error.walk((cause) => cause instanceof kind) !== null
}
