import { hashStruct, hashTypedData } from 'viem/utils'
import type { Address } from '../address.ts'
import type { Hex } from '../bytes.ts'
import { fromHex } from '../bytes.ts'

/** Where a signature counts: one escrow contract on one chain. */
export type Domain = { readonly chainId: number; readonly escrow: Address }

/** The names and types of a struct's fields, as EIP-712 and the ABI have them. */
export type Fields = readonly { readonly name: string; readonly type: string }[]

const DOMAIN: Fields = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
]

/** The EIP-712 domain separator: name "Weft", version "1". Job ids and signatures begin with it. */
export function separatorOf(domain: Domain): Uint8Array {
  const types = { EIP712Domain: DOMAIN }
  return fromHex(hashStruct({ data: named(domain), primaryType: 'EIP712Domain', types }))
}

/** The EIP-712 digest of one struct of plain fields. */
export function digestOfStruct(
  name: string,
  { fields, values }: { readonly fields: Fields; readonly values: Record<string, unknown> },
  domain: Domain,
): Uint8Array {
  const typed = { domain: named(domain), types: { [name]: fields }, primaryType: name, message: values }
  return fromHex(hashTypedData(typed))
}

/** The EIP-712 hash of a struct inside another. */
export function hashOfStruct(name: string, fields: Fields, values: Record<string, unknown>): Hex {
  return hashStruct({ data: values, primaryType: name, types: { [name]: fields } })
}

function named({ chainId, escrow }: Domain) {
  return { name: 'Weft', version: '1', chainId, verifyingContract: escrow }
}
