import type { Client } from 'viem'
import { createClient, decodeFunctionResult, encodeFunctionData, erc20Abi, http } from 'viem'
import { getBlock, getBlockNumber, getChainId } from 'viem/actions'
import type { Address } from '../protocol/address.ts'
import { readAddress, ZERO_ADDRESS } from '../protocol/address.ts'
import type { ChainName } from '../protocol/announcement.ts'
import type { Hex } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import type { Wei } from '../protocol/wei.ts'
import { MAX_WEI, toWei } from '../protocol/wei.ts'
import { askContract } from './ask-contract.ts'
import { explained } from './explain.ts'
import { escrowAddress } from './generated/address.ts'

/** A connection to one chain and the escrow on it. */
export type Chain = {
  readonly client: Client
  readonly escrow: Address
  /** Blocks that must carry a transaction before it counts; 1 is the block itself. */
  readonly confirmations: number
  readonly pollMs: number
  /** The last send of each account: sends of one account wait for each other, so that no nonce is used twice. */
  readonly lanes: Map<Address, Promise<unknown>>
}

/** `rpcUrl` is absolute. Without `escrow` it is the one that every chain has at the same address. */
export type ChainOptions = {
  readonly rpcUrl: string
  readonly escrow?: Address
  readonly confirmations?: number
  readonly pollMs?: number
}

/** The address of the escrow, on every chain it was deployed to. */
export const ESCROW: Address = readAddress(escrowAddress, 'escrow')

/** Opens a chain. Nothing is sent before the first call. */
export function openChain({ rpcUrl, escrow = ESCROW, confirmations = 1, pollMs = 500 }: ChainOptions): Chain {
  const client = createClient({ transport: http(rpcUrl), pollingInterval: pollMs })
  return { client, escrow, confirmations, pollMs, lanes: new Map() }
}

/** Names the chain by its id and the hash of its block 0. Throws `unreachable`. */
export function chainIdentity({ client }: Chain): Promise<ChainName> {
  return explained('chain identity', async () => {
    const [chainId, block] = await Promise.all([getChainId(client), getBlock(client, { blockNumber: 0n })])
    return { chainId, genesis: block.hash }
  })
}

/** The seconds since 1970 that the next block would carry: the clock of every delay in the escrow. Throws `unreachable`. */
export function chainTime({ client }: Chain): Promise<number> {
  return explained('chain time', async () =>
    Number((await getBlock(client, { blockTag: 'pending' })).timestamp),
  )
}

/** The number of the newest block that counts; negative while there is none. Throws `unreachable`. */
export function confirmedBlock({ client, confirmations }: Chain): Promise<bigint> {
  return explained(
    'block number',
    async () => (await getBlockNumber(client, { cacheTime: 0 })) - BigInt(confirmations - 1),
  )
}

/** What an account holds of the chain's coin, or of a token; at most what an escrow could take. Throws `unreachable`. */
export function balanceOf({ client }: Chain, account: Address, token: Address = ZERO_ADDRESS): Promise<Wei> {
  if (token === ZERO_ADDRESS)
    return explained('balance', async () => {
      type Ask = { Method: 'eth_getBalance'; Parameters: [Address, string]; ReturnType: Hex }
      const params: Ask['Parameters'] = [account, 'latest']
      return toWei(BigInt(await client.request<Ask>({ method: 'eth_getBalance', params })))
    })
  const call = { abi: erc20Abi, functionName: 'balanceOf' } as const
  return explained('balance', async () => {
    const data = await askContract(client, {
      to: token,
      data: encodeFunctionData({ ...call, args: [account] }),
    })
    const held = decodeFunctionResult({ ...call, data })
    if (held > MAX_WEI) return toWei(MAX_WEI)
    return toWei(held)
  })
}

/** Waits `ms`, or throws `cancelled` when the signal aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(new Failure('cancelled', 'Waiting for the chain was cancelled'))
    }
    if (signal?.aborted) return reject(new Failure('cancelled', 'Waiting for the chain was cancelled'))
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
