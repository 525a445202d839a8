import { privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { makeKey } from '../../protocol/account.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import { toHex } from '../../protocol/bytes.ts'
import { signTransaction } from './sign-transaction.ts'

test('a transaction has the bytes that viem gives it, for many keys and nonces', async () => {
  for (let nonce = 0; nonce < 50; nonce += 1) {
    const key = makeKey()
    const fees = { maxFeePerGas: 7n * 10n ** 9n, maxPriorityFeePerGas: BigInt(nonce) }
    const call = { to: ZERO_ADDRESS, data: '0x1234', value: BigInt(nonce) ** 9n, gas: 21_000n } as const
    const transaction = { type: 'eip1559', chainId: 31337, nonce, ...fees, ...call } as const
    const expected = await privateKeyToAccount(toHex(key)).signTransaction(transaction)
    expect(signTransaction(transaction, key)).toBe(expected)
  }
})
