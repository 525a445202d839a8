import type { Chain } from '../chain/chain.ts'
import { balanceOf } from '../chain/chain.ts'
import { jobIdOf } from '../chain/escrow.ts'
import { cost } from '../market/price.ts'
import type { Address } from '../protocol/address.ts'
import { toHex } from '../protocol/bytes.ts'
import type { Cid } from '../protocol/cid.ts'
import { cidOf } from '../protocol/cid.ts'
import { digestOf } from '../protocol/digest.ts'
import { Failure, malformed } from '../protocol/failure.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { encodeManifest, replicaPrice } from '../protocol/manifest/manifest.ts'
import { formatWei } from '../protocol/wei.ts'
import type { Store } from '../store/store.ts'
import type { KernelSource } from '../worker/executor.ts'
import type { Job } from './job.ts'
import type { Draft } from './state.ts'

/** Where a draft becomes a job. */
export type Desk = {
  readonly account: Address
  readonly money: Chain
  readonly store: Store
  nowMs(): number
}

/**
 * Makes a job of a draft: checks it, checks that the account can pay for it, and keeps its bytes. Throws `malformed`,
 * `uncovered`, `storage` or `unreachable`.
 */
export async function prepareJob(draft: Draft, { account, money, store, nowMs }: Desk): Promise<Job> {
  checkDraft(draft)
  const { manifest, blobs } = draft
  const { budget, bond, total } = cost(manifest)
  const balance = await balanceOf(money, account)
  if (balance <= total) {
    throw new Failure(
      'uncovered',
      `The job needs ${formatWei(total)} coins and some for gas, the account ${account} has ${formatWei(balance)}`,
    )
  }
  for (const bytes of [...blobs.values(), encodeManifest(manifest)]) {
    await store.blobs.put(digestOf(bytes), bytes, { pin: true })
  }
  const salt = toHex(crypto.getRandomValues(new Uint8Array(32)))
  const jobId = await jobIdOf(money, account, salt)
  return {
    jobId,
    salt,
    publisher: account,
    manifest,
    price: replicaPrice(manifest),
    budget,
    bond,
    openedAt: nowMs(),
  }
}

/** Checks that a draft carries all the bytes that its manifest names. Throws `malformed` with the path of what is missing or different. */
export function checkDraft({ manifest, blobs }: Draft): void {
  const named = [
    ...manifest.programs.map((program, index) => ({ path: `programs[${index}].code`, ...program.code })),
    ...manifest.inputs.map((input, index) => ({ ...input, path: `inputs[${index}]` })),
  ]
  for (const { path, cid, bytes } of named) {
    const blob = blobs.get(cid)
    if (blob === undefined) throw malformed(`${path}.cid`, 'the file with this name', cid)
    if (blob.length !== bytes)
      throw malformed(`${path}.bytes`, `${blob.length}, the length of the file`, bytes)
    if (cidOf(blob) !== cid)
      throw malformed(`${path}.cid`, `${cidOf(blob)}, the name of the file's bytes`, cid)
  }
}

/** What is needed to run the job's WASM program here. `read` finds bytes by their name. */
export async function ownSource(
  manifest: Manifest,
  owner: Address,
  read: (cid: Cid) => Promise<Uint8Array | undefined>,
): Promise<KernelSource> {
  const program = manifest.programs.find((entry) => entry.kind === 'wasm')
  if (program === undefined) throw malformed('programs', 'a WASM program')
  const must = async (cid: Cid): Promise<Uint8Array> => {
    const bytes = await read(cid)
    if (bytes === undefined) throw malformed(cid, 'bytes that are kept here')
    return bytes
  }
  const inputs = await Promise.all(
    manifest.inputs.map(async ({ name, cid }) => [name, await must(cid)] as const),
  )
  return { owner, manifest, executor: 'wasm', code: await must(program.code.cid), inputs: new Map(inputs) }
}
