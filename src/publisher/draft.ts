import type { Chain } from '../chain/chain.ts'
import { chainTime } from '../chain/chain.ts'
import { LOCAL_CHAIN_ID } from '../chain/chains.ts'
import { defaultTerms, localTerms } from '../chain/terms.ts'
import { readPlainToken } from '../chain/token/plain-token.ts'
import type { Token } from '../chain/token/token.ts'
import { cost } from '../market/price.ts'
import { accountOf } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import type { ChainName } from '../protocol/announcement.ts'
import { toHex } from '../protocol/bytes.ts'
import type { Cid } from '../protocol/cid.ts'
import { cidOf, digestOfCid } from '../protocol/cid.ts'
import { digestOf } from '../protocol/digest.ts'
import type { Opening } from '../protocol/escrow/opening.ts'
import { jobIdOf } from '../protocol/escrow/opening.ts'
import { Failure, malformed } from '../protocol/failure.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { encodeManifest, manifestCid } from '../protocol/manifest/manifest.ts'
import { replicaPrice } from '../protocol/manifest/price.ts'
import type { Wei } from '../protocol/wei.ts'
import { COIN_DECIMALS, formatAmount } from '../protocol/wei.ts'
import type { Store } from '../store/store.ts'
import type { KernelSource } from '../worker/executor.ts'
import { requireFunds } from './funds/means.ts'
import type { Job } from './job.ts'
import type { PublisherKeys } from './job-chain.ts'
import type { Draft } from './state.ts'

/** Where a draft becomes a job. */
export type Desk = {
  readonly keys: PublisherKeys
  readonly chain: ChainName
  readonly escrow: Address
  readonly money: Chain
  readonly store: Store
  nowMs(): number
}

/**
 * Makes a job of a draft: checks it, checks that the account can pay for it, and keeps its bytes. Throws `malformed`,
 * `refused` for a token that an escrow cannot keep books of, `uncovered`, `storage` or `unreachable`.
 */
export async function prepareJob(draft: Draft, desk: Desk): Promise<Job> {
  const { keys, chain, escrow, money, store } = desk
  const account = accountOf(keys.publisher)
  checkDraft(draft)
  const { manifest, blobs } = draft
  const token = draft.token === undefined ? undefined : await readPlainToken(money, draft.token)
  const { budget, bond } = checkBudget(draft, token)
  await requireFunds(money, account, { amount: budget + bond, token, what: 'The job needs' })
  for (const bytes of [...blobs.values(), encodeManifest(manifest)]) {
    await store.blobs.put(digestOf(bytes), bytes, { pin: true })
  }
  const now = await chainTime(money)
  const opening: Opening = {
    publisher: account,
    salt: toHex(crypto.getRandomValues(new Uint8Array(32))),
    token: token?.address ?? ZERO_ADDRESS,
    budget,
    bond,
    settler: accountOf(keys.settler),
    manifest: digestOfCid(manifestCid(manifest)),
    terms: chain.chainId === LOCAL_CHAIN_ID ? localTerms(now) : defaultTerms(now),
  }
  const jobId = jobIdOf(opening, { chainId: chain.chainId, escrow })
  return { jobId, opening, token, manifest, price: replicaPrice(manifest), openedAt: desk.nowMs() }
}

/** What a draft lays down. The bond is that of the whole job, so that it is enough after a top-up too. Throws `malformed`. */
function checkBudget(draft: Draft, token: Token | undefined): { budget: Wei; bond: Wei } {
  const { budget: whole, bond, least } = cost(draft.manifest)
  const { budget = whole } = draft
  if (budget < least || budget > whole) {
    const show = (amount: bigint): string => formatAmount(amount, token ?? { decimals: COIN_DECIMALS })
    const range = `${show(least)} (one unit) to ${show(whole)} (the whole job) ${token?.symbol ?? 'coins'}`
    throw malformed('budget', range, show(budget))
  }
  return { budget, bond }
}

/** Checks that a draft carries all the bytes that its manifest names. Throws `unsupported` for several rounds, or `malformed` with the path of what is missing or different. */
export function checkDraft({ manifest, blobs }: Draft): void {
  if (manifest.rounds !== undefined)
    throw new Failure('unsupported', 'rounds: more than one round is not supported yet')
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
