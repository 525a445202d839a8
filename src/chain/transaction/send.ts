import type { TransactionReceipt } from 'viem'
import { keccak256, TransactionNotFoundError, TransactionReceiptNotFoundError } from 'viem'
import {
  estimateFeesPerGas,
  estimateGas,
  getChainId,
  getTransaction,
  getTransactionCount,
  getTransactionReceipt,
  sendRawTransaction,
} from 'viem/actions'
import type { PrivateKey } from '../../protocol/account.ts'
import { accountOf } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import { askContract } from '../ask-contract.ts'
import type { Chain } from '../chain.ts'
import { confirmedBlock, pause } from '../chain.ts'
import { explainCall } from './explain-call.ts'
import { signTransaction } from './sign-transaction.ts'

/** One transaction; `action` is its name in messages. */
export type Send = {
  readonly action: string
  readonly to: Address
  readonly data: Hex
  readonly value?: bigint
}

/** A transaction that was sent; with its bytes it can be sent again, which does nothing when it is there already. */
export type Sent = { readonly hash: Hex; readonly transaction?: Hex }

const RECEIPT_TIMEOUT_MS = 180_000
/** What is added for each block to wait for. */
const SLOW_BLOCK_MS = 15_000
/** A transaction without a receipt is sent again after so long: a node may have dropped it. */
const RESEND_MS = 12_000
const NONCE_TRIES = 4
const SEND_TRIES = 5

/**
 * Signs and sends a transaction and waits until it has the chain's confirmations; one that a reorg removed meanwhile is
 * sent again, with the same bytes and so the same nonce: it can never count twice.
 * Throws `reverted` with the contract's reason, `refused`, `unreachable` or `timeout`.
 */
export async function send(chain: Chain, key: PrivateKey, request: Send): Promise<TransactionReceipt> {
  const sent = await sendOnly(chain, key, request)
  const receipt = await awaitReceipt(chain, sent, request.action)
  if (receipt.status === 'success') return receipt
  const { client } = chain
  const from = accountOf(key)
  const { to, data, value = 0n } = request
  await askContract(client, { from, to, data, value, blockNumber: receipt.blockNumber }).catch(
    (error: unknown) => {
      throw explainCall(request.action, error)
    },
  )
  throw new Failure(
    'reverted',
    `${request.action}: transaction ${sent.hash} was reverted in block ${receipt.blockNumber}`,
  )
}

/** Signs and sends a transaction and does not wait for it. Throws `reverted`, `refused` or `unreachable`. */
export function sendOnly(chain: Chain, key: PrivateKey, request: Send): Promise<Required<Sent>> {
  return inLane(chain, accountOf(key), () => submit(chain, key, request))
}

/** Runs one action of an account after the one before, whether that succeeded or not. */
async function inLane<T>(chain: Chain, account: Address, action: () => Promise<T>): Promise<T> {
  const before = chain.lanes.get(account) ?? Promise.resolve()
  const mine = before.then(action, action)
  chain.lanes.set(account, mine)
  return mine
}

/** A nonce may be taken by another process with the same key: then the next one is asked for. */
async function submit(chain: Chain, key: PrivateKey, request: Send): Promise<Required<Sent>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const transaction = await sign(chain, key, request)
      const sent = { hash: keccak256(transaction), transaction }
      if (await broadcast(chain, sent)) return sent
    } catch (error) {
      throw explainCall(request.action, error)
    }
    if (attempt === NONCE_TRIES)
      throw new Failure('refused', `${request.action}: other sends from this account take every nonce`)
    await pause(chain.pollMs)
  }
}

/**
 * Gives a transaction to the chain, several times where no answer comes: the bytes are the same, so it cannot count twice.
 * False when another transaction has its nonce.
 */
async function broadcast(chain: Chain, { hash, transaction }: Required<Sent>): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await sendRawTransaction(chain.client, { serializedTransaction: transaction })
      return true
    } catch (error) {
      const isTaken = /nonce too low|replacement transaction underpriced|already (known|imported)/i
      if (isTaken.test(reason(error))) return isKnown(chain.client, hash) // the answer to an earlier try may have been lost
      if (attempt === SEND_TRIES || explainCall('', error).code !== 'unreachable') throw error
      await pause(100 * 2 ** attempt)
    }
  }
}

/** Tells whether a node of the chain has heard of a transaction. Throws what the client throws. */
export async function isKnown(client: Chain['client'], hash: Hex): Promise<boolean> {
  try {
    await getTransaction(client, { hash })
    return true
  } catch (error) {
    if (error instanceof TransactionNotFoundError) return false
    throw error
  }
}

async function sign({ client }: Chain, key: PrivateKey, { to, data, value = 0n }: Send): Promise<Hex> {
  const account = accountOf(key)
  const [chainId, nonce, fees, gas] = await Promise.all([
    getChainId(client),
    getTransactionCount(client, { address: account, blockTag: 'pending' }),
    estimateFeesPerGas(client),
    estimateGas(client, { account, to, data, value, prepare: false }),
  ])
  const { maxFeePerGas, maxPriorityFeePerGas } = fees
  const price = { maxFeePerGas, maxPriorityFeePerGas, gas: gasLimit(gas) }
  return signTransaction({ type: 'eip1559', chainId, nonce, ...price, to, data, value }, key)
}

/** A quarter more than estimated: the block it lands in may write a storage slot that was set when it was estimated. */
export function gasLimit(estimate: bigint): bigint {
  return estimate + estimate / 4n + 25_000n
}

/**
 * Waits until a transaction lies `confirmations` deep. An outage of the chain's RPC only makes it wait longer. A
 * transaction whose bytes are given is sent again when it vanished or does not come.
 */
export async function awaitReceipt(chain: Chain, sent: Sent, action: string): Promise<TransactionReceipt> {
  const { hash, transaction } = sent
  const timeoutMs = RECEIPT_TIMEOUT_MS + chain.confirmations * SLOW_BLOCK_MS
  const deadline = Date.now() + timeoutMs
  let sendAt = Date.now() + RESEND_MS
  let last: unknown
  while (Date.now() < deadline) {
    try {
      const receipt = await getTransactionReceipt(chain.client, { hash })
      if (chain.confirmations === 1 || receipt.blockNumber <= (await confirmedBlock(chain))) return receipt
      sendAt = 0 // should it be gone at the next look, a reorg has taken it
    } catch (error) {
      last = error
      const isGone = error instanceof TransactionReceiptNotFoundError && Date.now() >= sendAt
      if (isGone && transaction !== undefined) {
        sendAt = Date.now() + RESEND_MS
        await broadcast(chain, { hash, transaction }).catch((cause: unknown) => {
          last = cause
        })
      }
    }
    await pause(chain.pollMs)
  }
  throw new Failure(
    'timeout',
    `${action}: transaction ${hash} is not confirmed after ${Math.round(timeoutMs / 1000)} s`,
    { cause: last },
  )
}
