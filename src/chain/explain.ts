import {
  AbiDecodingZeroDataError,
  BaseError,
  ContractFunctionRevertedError,
  getContractError,
  HttpRequestError,
  InsufficientFundsError,
  LimitExceededRpcError,
  TimeoutError,
} from 'viem'
import { Failure, reason } from '../protocol/failure.ts'
import { escrowAbi } from './generated/abi.ts'

/** Makes of whatever a chain call threw one `Failure`; a revert names the contract's error and its numbers. */
export function explain(action: string, error: unknown): Failure {
  if (error instanceof Failure) return error
  if (!(error instanceof BaseError))
    return new Failure('unreachable', `${action}: ${reason(error)}`, { cause: error })
  if (has(error, InsufficientFundsError) || /insufficient funds/i.test(error.details)) {
    return new Failure('refused', `${action}: the account has not enough coins for the amount and the gas`, {
      cause: error,
    })
  }
  if ([HttpRequestError, TimeoutError, LimitExceededRpcError].some((kind) => has(error, kind))) {
    return new Failure('unreachable', `${action}: the chain does not answer (${error.shortMessage})`, {
      cause: error,
    })
  }
  if (has(error, AbiDecodingZeroDataError)) {
    return new Failure('unreachable', `${action}: there is no such contract on this chain`, { cause: error })
  }
  const wrapped = getContractError(error, { abi: escrowAbi, args: [], functionName: action })
  const revert = wrapped.walk((cause) => cause instanceof ContractFunctionRevertedError)
  if (!(revert instanceof ContractFunctionRevertedError)) {
    return new Failure('refused', `${action}: ${error.details || error.shortMessage}`, { cause: error })
  }
  return new Failure('reverted', `${action} was refused by the contract: ${nameRevert(revert)}`, {
    cause: error,
  })
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

function nameRevert({ data, reason: text, signature }: ContractFunctionRevertedError): string {
  if (data === undefined) return text ?? signature ?? 'no reason given'
  const inputs = 'inputs' in data.abiItem ? data.abiItem.inputs : []
  const values = (data.args ?? []).map((value, index) => `${inputs[index]?.name ?? index} ${String(value)}`)
  return `${data.errorName}(${values.join(', ')})`
}
