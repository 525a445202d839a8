import type { TransactionReceipt } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import {
  call,
  estimateFeesPerGas,
  estimateGas,
  getChainId,
  getTransactionCount,
  getTransactionReceipt,
  sendRawTransaction,
} from 'viem/actions'
import type { PrivateKey } from '../protocol/account.ts'
import { accountOf } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { toHex } from '../protocol/bytes.ts'
import { Failure, reason } from '../protocol/failure.ts'
import type { Chain } from './chain.ts'
import { confirmedBlock, pause } from './chain.ts'
import { explain } from './explain.ts'

/** One transaction; `action` is its name in messages. */
export type Send = {
  readonly action: string
  readonly to: Address
  readonly data: Hex
  readonly value?: bigint
}

const RECEIPT_TIMEOUT_MS = 180_000
const NONCE_TRIES = 4

/**
 * Signs and sends a transaction and waits until it has the chain's confirmations.
 * Throws `reverted` with the contract's reason, `refused`, `unreachable` or `timeout`.
 */
export async function send(chain: Chain, key: PrivateKey, request: Send): Promise<TransactionReceipt> {
  const hash = await inLane(chain, accountOf(key), () => submit(chain, key, request))
  const receipt = await awaitReceipt(chain, hash, request.action)
  if (receipt.status === 'success') return receipt
  const { client } = chain
  const again = { account: receipt.from, to: request.to, data: request.data, value: request.value ?? 0n }
  await call(client, { ...again, blockNumber: receipt.blockNumber }).catch((error: unknown) => {
    throw explain(request.action, error)
  })
  throw new Failure(
    'reverted',
    `${request.action}: transaction ${hash} was reverted in block ${receipt.blockNumber}`,
  )
}

/** Runs one action of an account after the one before, whether that succeeded or not. */
async function inLane<T>(chain: Chain, account: Address, action: () => Promise<T>): Promise<T> {
  const before = chain.lanes.get(account) ?? Promise.resolve()
  const mine = before.then(action, action)
  chain.lanes.set(account, mine)
  return mine
}

/** A nonce may be taken by another process with the same key: then the next one is asked for. */
async function submit(chain: Chain, key: PrivateKey, request: Send): Promise<Hex> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await sendRawTransaction(chain.client, {
        serializedTransaction: await sign(chain, key, request),
      })
    } catch (error) {
      const isNonceTaken = /nonce too low|replacement transaction underpriced|already known/i.test(
        reason(error),
      )
      if (!isNonceTaken || attempt === NONCE_TRIES) throw explain(request.action, error)
      await pause(chain.pollMs)
    }
  }
}

async function sign({ client }: Chain, key: PrivateKey, { to, data, value = 0n }: Send): Promise<Hex> {
  const account = privateKeyToAccount(toHex(key))
  const [chainId, nonce, fees, gas] = await Promise.all([
    getChainId(client),
    getTransactionCount(client, { address: account.address, blockTag: 'pending' }),
    estimateFeesPerGas(client),
    estimateGas(client, { account: account.address, to, data, value, prepare: false }),
  ])
  // A quarter more than estimated: the block it lands in may write a storage slot that was set when it was estimated.
  return account.signTransaction({
    type: 'eip1559',
    chainId,
    nonce,
    ...fees,
    to,
    data,
    value,
    gas: gas + gas / 4n + 25_000n,
  })
}

/** Waits until a transaction lies `confirmations` deep. An outage of the chain's RPC only makes it wait longer. */
export async function awaitReceipt(chain: Chain, hash: Hex, action: string): Promise<TransactionReceipt> {
  const deadline = Date.now() + RECEIPT_TIMEOUT_MS
  let last: unknown
  while (Date.now() < deadline) {
    try {
      const receipt = await getTransactionReceipt(chain.client, { hash })
      if (chain.confirmations === 1 || receipt.blockNumber <= (await confirmedBlock(chain))) return receipt
    } catch (error) {
      last = error
    }
    await pause(chain.pollMs)
  }
  throw new Failure(
    'timeout',
    `${action}: transaction ${hash} has no receipt after ${RECEIPT_TIMEOUT_MS / 1000} s`,
    { cause: last },
  )
}
