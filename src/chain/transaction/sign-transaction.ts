import type { TransactionSerializableEIP1559 } from 'viem'
import { keccak256, serializeTransaction } from 'viem'
import type { PrivateKey } from '../../protocol/account.ts'
import { signHash } from '../../protocol/account.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { fromHex, toHex } from '../../protocol/bytes.ts'

/**
 * Signs a transaction (EIP-1559) and returns its bytes. The signature is made by our own code: viem's accounts would bring a
 * second library of curves into every page.
 */
export function signTransaction(transaction: TransactionSerializableEIP1559, key: PrivateKey): Hex {
  const signature = signHash(fromHex(keccak256(serializeTransaction(transaction))), key)
  return serializeTransaction(transaction, {
    r: toHex(signature.subarray(0, 32)),
    s: toHex(signature.subarray(32, 64)),
    yParity: (signature[64] ?? 27) - 27,
  })
}
