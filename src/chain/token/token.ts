import { decodeAbiParameters, encodeFunctionData, erc20Abi, hexToString } from 'viem'
import type { Address } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { Failure, malformed } from '../../protocol/failure.ts'
import { at, readInteger, readRecord, readText } from '../../protocol/read.ts'
import { askContract } from '../ask-contract.ts'
import type { Chain } from '../chain.ts'
import { explain } from '../explain.ts'

/** What an ERC-20 token says of itself. Anybody may call a token anything: only its address names it. */
export type Token = {
  readonly address: Address
  readonly name: string
  readonly symbol: string
  readonly decimals: number
}

const NAME_LENGTH = 40
const SYMBOL_LENGTH = 12
const MAX_DECIMALS = 36n
const MAX_ANSWER_BYTES = 4_096
const WORD_HEX = 2 + 64

/** What is kept of a token whose address is kept beside it. */
export function packToken({ name, symbol, decimals }: Token): unknown {
  return { name, symbol, decimals }
}

/** Reads what `packToken` wrote. Throws `malformed` with the field's path. */
export function parseToken(value: unknown, address: Address, path: string): Token {
  const record = readRecord(value, path, ['name', 'symbol', 'decimals'])
  return {
    address,
    name: readText(record.name, at(path, 'name'), 2 * NAME_LENGTH),
    symbol: readText(record.symbol, at(path, 'symbol'), 2 * SYMBOL_LENGTH),
    decimals: readInteger(record.decimals, at(path, 'decimals'), [0, Number(MAX_DECIMALS)]),
  }
}

/** Reads what a token says of itself, cut and cleaned for a reader. Throws `refused`, `malformed` or `unreachable`. */
export async function readToken(chain: Chain, address: Address): Promise<Token> {
  const [name, symbol, decimals] = await Promise.all([
    ask(chain, address, 'name').then((data) => cleanText(data, `name of token ${address}`, NAME_LENGTH)),
    ask(chain, address, 'symbol').then((data) =>
      cleanText(data, `symbol of token ${address}`, SYMBOL_LENGTH),
    ),
    ask(chain, address, 'decimals').then((data) => readDecimals(data, `decimals of token ${address}`)),
  ])
  return { address, name, symbol, decimals }
}

async function ask(chain: Chain, to: Address, functionName: 'name' | 'symbol' | 'decimals'): Promise<Hex> {
  const data = encodeFunctionData({ abi: erc20Abi, functionName })
  const answer = await askContract(chain.client, { to, data }).catch((error: unknown) => {
    const failure = explain(functionName, error)
    if (failure.code === 'unreachable') throw failure
    return '0x' as const
  })
  if (answer !== '0x') return answer
  throw new Failure('refused', `The contract at ${to} is not a token: it does not tell its ${functionName}`)
}

function readDecimals(data: Hex, path: string): number {
  const value = data.length === WORD_HEX ? BigInt(data) : -1n
  if (value < 0n || value > MAX_DECIMALS)
    throw malformed(path, `a whole number from 0 to ${MAX_DECIMALS}`, data.slice(0, WORD_HEX))
  return Number(value)
}

/** Letters without what would hide, turn or break a line; old tokens answer in one word. */
function cleanText(data: Hex, path: string, length: number): string {
  if (data.length > 2 + 2 * MAX_ANSWER_BYTES) throw malformed(path, `at most ${MAX_ANSWER_BYTES} bytes`)
  const text =
    decode(data)
      ?.replace(/[\p{C}\p{Z}]+/gu, ' ')
      .trim() ?? ''
  if (text === '') throw malformed(path, 'text', data.slice(0, WORD_HEX))
  return Array.from(text).slice(0, length).join('')
}

function decode(data: Hex): string | undefined {
  try {
    if (data.length === WORD_HEX) return hexToString(data, { size: 32 })
    return decodeAbiParameters([{ type: 'string' }], data)[0]
  } catch {
    return undefined // whatever it is, it is not text
  }
}
