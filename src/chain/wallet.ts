import type { TransactionReceipt } from 'viem'
import { keccak256 } from 'viem'
import {
  estimateFeesPerGas,
  estimateGas,
  getChainId,
  getTransactionCount,
  sendRawTransaction,
} from 'viem/actions'
import type { PrivateKey } from '../protocol/account.ts'
import { accountOf } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { Failure, reason } from '../protocol/failure.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import type { Chain } from './chain.ts'
import { explainCall, explainedCall } from './transaction/explain-call.ts'
import type { Sent } from './transaction/send.ts'
import { awaitReceipt } from './transaction/send.ts'
import { signTransaction } from './transaction/sign-transaction.ts'

/** The gas of a transfer and its price; `total` is the most that it can cost. */
export type Fee = { readonly gas: bigint; readonly perGas: bigint; readonly tip: bigint; readonly total: Wei }

/** Coins for an account. When they are all that is left, the whole fee is offered, so that nothing of it comes back. */
export type Transfer = {
  readonly to: Address
  readonly amount: Wei
  readonly fee: Fee
  readonly isAll: boolean
}

/** What a transfer between two plain accounts takes; a contract as the receiver takes more. */
const PLAIN_GAS = 21_000n

/** What sending coins to `to` costs now: the amount and this must be covered. Throws `unreachable` or `reverted`. */
export function quoteTransfer(
  { client }: Chain,
  { from, to }: { readonly from: Address; readonly to: Address },
): Promise<Fee> {
  return explainedCall('fee', async () => {
    const [{ maxFeePerGas: perGas, maxPriorityFeePerGas: tip }, estimate] = await Promise.all([
      estimateFeesPerGas(client),
      estimateGas(client, { account: from, to, value: 0n, prepare: false }),
    ])
    const gas = estimate === PLAIN_GAS ? PLAIN_GAS : estimate + estimate / 4n
    return { gas, perGas, tip, total: toWei(gas * perGas) }
  })
}

/**
 * Signs and sends coins; the bytes that come back can be sent again without paying twice. Throws `refused` when
 * the account cannot pay or sent something else at this moment, `unreachable` when the chain does not answer.
 */
export async function sendCoins(
  { client }: Chain,
  key: PrivateKey,
  { to, amount, fee, isAll }: Transfer,
): Promise<Required<Sent>> {
  try {
    const [chainId, nonce] = await Promise.all([
      getChainId(client),
      getTransactionCount(client, { address: accountOf(key), blockTag: 'pending' }),
    ])
    const price = { maxFeePerGas: fee.perGas, maxPriorityFeePerGas: isAll ? fee.perGas : fee.tip }
    const order = { type: 'eip1559', chainId, nonce, to, value: amount, gas: fee.gas, ...price } as const
    const transaction = signTransaction(order, key)
    await sendRawTransaction(client, { serializedTransaction: transaction })
    return { hash: keccak256(transaction), transaction }
  } catch (error) {
    if (/nonce too low|replacement transaction underpriced/i.test(reason(error)))
      throw new Failure('refused', 'send: this account is sending something else just now. Try again', {
        cause: error,
      })
    throw explainCall('send', error)
  }
}

/** Waits until a transfer counts and tells what it cost. Throws `reverted` or `timeout`. */
export async function awaitTransfer(chain: Chain, sent: Sent): Promise<Wei> {
  const receipt = await awaitReceipt(chain, sent, 'send')
  if (receipt.status !== 'success')
    throw new Failure('reverted', `send: the receiver refused the coins in transaction ${short(sent.hash)}`)
  return feeOf(receipt)
}

function feeOf({ gasUsed, effectiveGasPrice }: TransactionReceipt): Wei {
  return toWei(gasUsed * effectiveGasPrice)
}

function short(hash: Hex): string {
  return `${hash.slice(0, 12)}…`
}
