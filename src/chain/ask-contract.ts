import type { Client } from 'viem'
import { numberToHex } from 'viem/utils'
import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'

/** A call of a contract that is only tried: nothing is sent. */
export type Question = {
  readonly to: Address
  readonly data: Hex
  readonly from?: Address
  readonly value?: bigint
  /** The block after which it is tried; the newest without. */
  readonly blockNumber?: bigint
}

/**
 * Asks a contract (`eth_call`) and returns its answer: `0x` where there is no contract. What it throws is for `explain`. viem's own
 * call would bring what we do not use into every page: calls without a deployed contract, and look-ups off the chain.
 */
export function askContract(client: Client, question: Question): Promise<Hex> {
  const { value, blockNumber, ...call } = question
  const asked = value === undefined ? call : { ...call, value: numberToHex(value) }
  const at = blockNumber === undefined ? 'latest' : numberToHex(blockNumber)
  return client.request<{ Method: 'eth_call'; Parameters: [object, string]; ReturnType: Hex }>({
    method: 'eth_call',
    params: [asked, at],
  })
}
