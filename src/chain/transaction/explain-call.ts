import { BaseError, ContractFunctionRevertedError, getContractError } from 'viem'
import { Failure } from '../../protocol/failure.ts'
import { explain, explainKnown } from '../explain.ts'
import { errorsAbi } from '../generated/errors-abi.ts'

/** Makes of whatever a transaction, or a trial of it, threw one `Failure`; a revert names the contract's error and its numbers. */
export function explainCall(action: string, error: unknown): Failure {
  const known = explainKnown(action, error)
  if (known !== undefined || !(error instanceof BaseError)) return known ?? explain(action, error)
  const wrapped = getContractError(error, { abi: errorsAbi, args: [], functionName: action })
  const revert = wrapped.walk((cause) => cause instanceof ContractFunctionRevertedError)
  if (!(revert instanceof ContractFunctionRevertedError)) return explain(action, error)
  return new Failure('reverted', `${action} was refused by the contract: ${nameRevert(revert)}`, {
    cause: error,
  })
}

/** Runs a transaction or a trial of it; whatever it throws becomes one `Failure`. */
export async function explainedCall<T>(action: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw explainCall(action, error)
  }
}

function nameRevert({ data, reason: text, signature }: ContractFunctionRevertedError): string {
  if (data === undefined) return text ?? signature ?? 'no reason given'
  const inputs = 'inputs' in data.abiItem ? data.abiItem.inputs : []
  const values = (data.args ?? []).map((value, index) => `${inputs[index]?.name ?? index} ${String(value)}`)
  return `${data.errorName}(${values.join(', ')})`
}
