import type { TransactionReceipt } from 'viem'
import { estimateFeesPerGas, estimateGas } from 'viem/actions'
import type { PrivateKey } from '../../protocol/account.ts'
import { accountOf } from '../../protocol/account.ts'
import type { Hex } from '../../protocol/bytes.ts'
import type { RelayedCall, RelayedCashout } from '../../protocol/escrow/relayed-call.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'
import type { Chain } from '../chain.ts'
import { pause } from '../chain.ts'
import { explained } from '../explain.ts'
import { explainedCall } from '../transaction/explain-call.ts'
import type { Sent } from '../transaction/send.ts'
import { awaitReceipt, isKnown, sendOnly } from '../transaction/send.ts'
import type { Call } from './call.ts'
import { encodeChallenge, encodeResolve } from './disputes.ts'
import { encodePost } from './epochs.ts'
import type { CashoutCall } from './payouts.ts'
import { encodeCashouts, encodeClaims } from './payouts.ts'

/** The transaction that a relayer makes of a call; of cash-outs it keeps `fee`. Throws `refused` when they do not allow that much. */
export function encodeRelayed(call: RelayedCall, fee: Wei): Call {
  switch (call.kind) {
    case 'cashout':
      return encodeCashouts(spread(call.cashouts, fee))
    case 'claim':
      return encodeClaims(call.leaves)
    case 'post':
      return encodePost(call)
    case 'challenge': {
      const { helper, fee: allowed, consent, ...same } = call
      return encodeChallenge({ ...same, help: { helper, fee: allowed, consent } })
    }
    case 'resolve':
      return encodeResolve(call)
  }
}

/** Takes the fee from the first order on, from each as much as it allows. */
function spread(orders: readonly RelayedCashout[], fee: Wei): CashoutCall[] {
  let left: bigint = fee
  const calls = orders.map((order) => {
    const part = left < order.cashout.maxFee ? left : order.cashout.maxFee
    left -= part
    return { ...order, fee: toWei(part) }
  })
  if (left > 0n)
    throw new Failure('refused', `fee: ${fee} is ${left} more than the cash-outs allow in their maxFee`)
  return calls
}

/** What a call of the escrow takes now, sent by this account. Throws `reverted` with the contract's reason, `refused` or `unreachable`. */
export function gasOf(chain: Chain, key: PrivateKey, { action, data }: Call): Promise<bigint> {
  const request = { account: accountOf(key), to: chain.escrow, data, prepare: false } as const
  return explainedCall(action, () => estimateGas(chain.client, request))
}

/** What one gas may cost now. Throws `unreachable`. */
export function gasPrice({ client }: Chain): Promise<bigint> {
  return explained('gas price', async () => (await estimateFeesPerGas(client)).maxFeePerGas)
}

/** Sends a call of the escrow without waiting for it. Throws `reverted`, `refused` or `unreachable`. */
export function sendEscrow(chain: Chain, key: PrivateKey, call: Call): Promise<Required<Sent>> {
  return sendOnly(chain, key, { ...call, to: chain.escrow })
}

/** Makes sure that the chain knows a transaction which somebody says was sent. Throws `refused` when it does not within `ms`, or `unreachable`. */
export async function checkSent({ client, pollMs }: Chain, hash: Hex, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms
  while (!(await explained('transaction', () => isKnown(client, hash)))) {
    if (Date.now() >= deadline) throw new Failure('refused', `the chain knows no transaction ${hash}`)
    await pause(pollMs)
  }
}

/** Waits until somebody's transaction lies deep enough. Throws `reverted` when the escrow refused it then, or `timeout`. */
export async function awaitRelayed(chain: Chain, sent: Sent, action: string): Promise<TransactionReceipt> {
  const receipt = await awaitReceipt(chain, sent, action)
  if (receipt.status === 'success') return receipt
  throw new Failure(
    'reverted',
    `${action}: transaction ${sent.hash} was reverted in block ${receipt.blockNumber}`,
  )
}
