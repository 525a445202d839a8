import { encodeFunctionData } from 'viem'
import type { PrivateKey } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import { toHex } from '../../protocol/bytes.ts'
import type { Cashout } from '../../protocol/escrow/cashout.ts'
import { wordsOfCashout } from '../../protocol/escrow/cashout.ts'
import type { ProvenLeaf } from '../../protocol/escrow/relayed-call.ts'
import type { Wei } from '../../protocol/wei.ts'
import type { Chain } from '../chain.ts'
import { callsAbi as abi } from '../generated/calls-abi.ts'
import type { Call, Receipt } from './call.ts'
import { callEscrow } from './call.ts'
import { wordsOfProven } from './proven-leaf.ts'

/** A cash-out as a relayer sends it. */
export type CashoutCall = {
  readonly cashout: Cashout
  readonly signature: Uint8Array
  /** What the relayer keeps. */
  readonly fee: Wei
  readonly leaves: readonly ProvenLeaf[]
}

/** Pays one leaf of a final epoch to its account. Anybody may. Throws as `callEscrow` does. */
export function claim(chain: Chain, key: PrivateKey, proven: ProvenLeaf): Promise<Receipt> {
  const data = encodeFunctionData({ abi, functionName: 'claim', args: [wordsOfProven(proven)] })
  return callEscrow(chain, key, { action: 'claim', data })
}

/** The call that pays several leaves. */
export function encodeClaims(leaves: readonly ProvenLeaf[]): Call {
  const data = encodeFunctionData({ abi, functionName: 'claimMany', args: [leaves.map(wordsOfProven)] })
  return { action: 'claimMany', data }
}

/** Pays several leaves, leaving out those claimed before. What an account refuses becomes its credit. Throws as `callEscrow` does. */
export function claimMany(chain: Chain, key: PrivateKey, leaves: readonly ProvenLeaf[]): Promise<Receipt> {
  return callEscrow(chain, key, encodeClaims(leaves))
}

/** Pays an account what it has refused before, or has left over. Throws as `callEscrow` does. */
export function claimCredit(
  chain: Chain,
  key: PrivateKey,
  { token, account }: { readonly token: Address; readonly account: Address },
): Promise<Receipt> {
  const data = encodeFunctionData({ abi, functionName: 'claimCredit', args: [token, account] })
  return callEscrow(chain, key, { action: 'claimCredit', data })
}

/** The call that cashes out: one order, or several of one token to one address, which are paid in one sum. */
export function encodeCashouts(calls: readonly CashoutCall[]): Call {
  const [only, ...others] = calls
  if (only === undefined || others.length > 0) {
    const data = encodeFunctionData({ abi, functionName: 'cashoutMany', args: [calls.map(wordsOfCall)] })
    return { action: 'cashoutMany', data }
  }
  const data = encodeFunctionData({ abi, functionName: 'cashout', args: [wordsOfCall(only)] })
  return { action: 'cashout', data }
}

/** Pays leaves and credit of accounts to the address that they have signed for, and a fee to the caller. Throws as `callEscrow` does. */
export function cashout(chain: Chain, key: PrivateKey, ...calls: readonly CashoutCall[]): Promise<Receipt> {
  return callEscrow(chain, key, encodeCashouts(calls))
}

function wordsOfCall({ cashout: order, signature, fee, leaves }: CashoutCall) {
  return {
    cashout: wordsOfCashout(order),
    signature: toHex(signature),
    fee,
    leaves: leaves.map(wordsOfProven),
  }
}
