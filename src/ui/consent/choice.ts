import type { Address } from '../../protocol/address.ts'

/** What the visitor agreed to: the share of the time that workers compute, and who is paid if not the tab's own account. */
export type Choice = { readonly duty: number; readonly payee?: Address }

/** Reads a pasted address with its checksum. Throws `malformed`. The reader is fetched only when it is needed. */
export async function readPayee(text: string): Promise<Address> {
  const { readAddress } = await import('../../protocol/address.ts')
  return readAddress(text.trim(), 'payee')
}

/** Reads what was kept of an earlier choice; anything odd counts as nothing. */
export function parseKept(text: string | null): { duty: number; payee?: string } | undefined {
  try {
    const kept: unknown = JSON.parse(text ?? 'null')
    if (typeof kept !== 'object' || kept === null) return undefined
    const { duty, payee } = kept as Record<string, unknown>
    if (typeof duty !== 'number' || !(duty >= 0.05 && duty <= 1)) return undefined
    return typeof payee === 'string' ? { duty, payee } : { duty }
  } catch {
    return undefined
  }
}
