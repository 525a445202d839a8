import { encodeFunctionData, parseAbi, toFunctionSelector } from 'viem'
import { getCode, getStorageAt } from 'viem/actions'
import type { Address } from '../../protocol/address.ts'
import { readAddress, ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { Failure } from '../../protocol/failure.ts'
import { askContract } from '../ask-contract.ts'
import type { Chain } from '../chain.ts'
import { explain, explained } from '../explain.ts'

/** What only tokens have whose balances change by themselves, or are shares of something that does. */
const REBASING = [
  'rebase(uint256,int256)', // Ampleforth
  'scaledBalanceOf(address)', // Aave, Ampleforth
  'UNDERLYING_ASSET_ADDRESS()', // Aave
  'getPooledEthByShares(uint256)', // Lido
  'sharesOf(address)', // Lido, Ondo
  'rebasingCreditsPerToken()', // Origin
  'gonsForBalance(uint256)', // Olympus
  'realtimeBalanceOf(address,uint256)', // Superfluid
  'yamsScalingFactor()', // Yam
]
  // A function that a contract has is compared with (PUSH4, EQ); one that it only calls is not.
  .map((name) => ({ name, compared: `63${toFunctionSelector(`function ${name}`).slice(2)}14` }))

/** Where proxies keep the address of their code: EIP-1967, and OpenZeppelin before it. */
const IMPLEMENTATION_SLOTS: readonly Hex[] = [
  '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc',
  '0x7050c9e0f4ca769c69bd3a8ef740bc37934f8e2c036e5a723fd8ee048ed3f8c3',
]
const IMPLEMENTATION = encodeFunctionData({
  abi: parseAbi(['function implementation() view returns (address)']),
})
/** A clone (EIP-1167) has the address in its own code. */
const CLONE = /363d3d373d3d3d363d73([0-9a-f]{40})5af43d82803e903d91602b57fd5bf3$/

/**
 * Refuses a token that is known to change balances by itself, as far as its code or the code behind its proxy shows.
 * Throws `refused` with the reason, or `unreachable`.
 */
export async function refuseRebasing(chain: Chain, token: Address): Promise<void> {
  const own = await codeOf(chain, token)
  if (own === '0x') throw new Failure('refused', `There is no contract at ${token}: it is not a token`)
  const behind = await Promise.all(
    (await implementationsOf(chain, token, own)).map((at) => codeOf(chain, at)),
  )
  const found = REBASING.find(({ compared }) => [own, ...behind].some((code) => has(code, compared)))
  if (found === undefined) return
  throw new Failure(
    'refused',
    `The token ${token} has ${found.name}: its balances change by themselves, and the escrow's books would not follow. Use a wrapped form of it, or another token`,
  )
}

/** Bytes, not halves of two. */
function has(code: Hex, bytes: string): boolean {
  for (let at = code.indexOf(bytes); at >= 0; at = code.indexOf(bytes, at + 1)) if (at % 2 === 0) return true
  return false
}

async function codeOf({ client }: Chain, address: Address): Promise<Hex> {
  return (await explained('code', () => getCode(client, { address }))) ?? '0x'
}

async function implementationsOf(chain: Chain, token: Address, code: Hex): Promise<Address[]> {
  const words = await Promise.all([
    ...IMPLEMENTATION_SLOTS.map((slot) => readSlot(chain, token, slot)),
    askImplementation(chain, token),
  ])
  const clone = CLONE.exec(code)?.[1]
  const found = words.map((word) => word?.slice(-40).padStart(40, '0') ?? '')
  return [...found, clone ?? '']
    .filter((hex) => hex.length === 40)
    .map((hex) => readAddress(`0x${hex}`, 'implementation'))
    .filter((address) => address !== ZERO_ADDRESS)
}

function readSlot({ client }: Chain, address: Address, slot: Hex): Promise<Hex | undefined> {
  return explained('storage', () => getStorageAt(client, { address, slot }))
}

async function askImplementation({ client }: Chain, to: Address): Promise<Hex | undefined> {
  const answer = await askContract(client, { to, data: IMPLEMENTATION }).catch((error: unknown) => {
    const failure = explain('implementation', error)
    if (failure.code === 'unreachable') throw failure
    return '0x' as const
  })
  return answer.length === 2 + 64 ? answer : undefined
}
