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
import type { FailureCode } from '../protocol/failure.ts'
import { Failure, malformed } from '../protocol/failure.ts'
import { checkUnits } from '../protocol/manifest/check/check-units.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { encodeManifest, manifestCid } from '../protocol/manifest/manifest.ts'
import { replicaPrice } from '../protocol/manifest/price.ts'
import type { WasmProgram } from '../protocol/manifest/wasm-program.ts'
import type { Wei } from '../protocol/wei.ts'
import { COIN_DECIMALS, formatAmount } from '../protocol/wei.ts'
import type { Store } from '../store/store.ts'
import type { KernelSource, LoadedKernel } from '../worker/executor.ts'
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
  /** Loads a kernel in the same sandbox, or thread, that would run it. */
  load(source: KernelSource, signal: AbortSignal): Promise<LoadedKernel>
  /** WASM may be compiled outside of it, too; the policy of a page forbids it. */
  readonly mayCompile?: boolean
  /** The WASM modules that load here, each with all that loading it depends on. */
  readonly checked: Map<string, Promise<void>>
}

/** A module of this size is checked in the blink of an eye; a larger one would hold up everything else. */
const QUICK_BYTES = 256 * 1024

/**
 * Makes a job of a draft: checks it, checks that the account can pay for it, and keeps its bytes. Throws `malformed`,
 * `refused` for a token that an escrow cannot keep books of, `uncovered`, `storage` or `unreachable`.
 */
export async function prepareJob(draft: Draft, desk: Desk): Promise<Job> {
  const { keys, chain, escrow, money, store } = desk
  const account = accountOf(keys.publisher)
  await checkDraft(draft, desk)
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

/**
 * Checks all of a draft that can be told before it is paid for: its bytes, its first and last unit, and that its programs load: WASM
 * where this publisher runs it, WGSL as far as it goes without a GPU. Throws `malformed` or `unsupported` with the path of the field,
 * or what kept it from being checked.
 */
export async function checkDraft(
  draft: Draft,
  desk: Pick<Desk, 'keys' | 'load' | 'mayCompile' | 'checked'>,
): Promise<void> {
  checkNamed(draft)
  const { manifest, blobs } = draft
  const bytesOf = (cid: Cid): Uint8Array => blobs.get(cid) ?? new Uint8Array()
  for (const { path, cid } of namedIn(manifest)) {
    const found = cidOf(bytesOf(cid))
    if (found !== cid) throw malformed(`${path}.cid`, `${found}, the name of the file's bytes`, cid)
  }
  const common = {
    owner: accountOf(desk.keys.publisher),
    inputs: new Map(manifest.inputs.map(({ name, cid }) => [name, bytesOf(cid)])),
  }
  for (const [index, program] of manifest.programs.entries()) {
    const parts = { executor: program.kind, code: bytesOf(program.code.cid) }
    const source = { ...common, ...parts, manifest: { ...manifest, programs: [program] } }
    try {
      await (program.kind === 'wasm' ? checkWasm(source, program, desk) : checkShader(source))
    } catch (error) {
      throw error instanceof Failure ? placed(error, `programs[${index}]`) : error
    }
  }
}

/**
 * Checks that a draft carries all the bytes that its manifest names, in their lengths, and that its units can be run. It does not look
 * into the bytes. Throws `unsupported` for several rounds, or `malformed` with the path of the field.
 */
export function checkNamed({ manifest, blobs }: Draft): void {
  if (manifest.rounds !== undefined)
    throw new Failure('unsupported', 'rounds: more than one round is not supported yet')
  for (const { path, cid, bytes } of namedIn(manifest)) {
    const blob = blobs.get(cid)
    if (blob === undefined) throw malformed(`${path}.cid`, 'the file with this name', cid)
    if (blob.length !== bytes)
      throw malformed(`${path}.bytes`, `${blob.length}, the length of the file`, bytes)
  }
  checkUnits(manifest)
}

function namedIn({ programs, inputs }: Manifest): { path: string; cid: Cid; bytes: number }[] {
  return [
    ...programs.map(({ code }, index) => ({ ...code, path: `programs[${index}].code` })),
    ...inputs.map((input, index) => ({ ...input, path: `inputs[${index}]` })),
  ]
}

/** Does with a module what a provider does before its first unit, once for the same bytes: of a large one it takes some 15 s. */
async function checkWasm(
  source: KernelSource,
  { code, wasm }: WasmProgram,
  desk: Pick<Desk, 'load' | 'mayCompile' | 'checked'>,
): Promise<void> {
  const { checked } = desk
  const known = [code.cid, wasm.abi, wasm.memoryPages, source.manifest.limits.fuel].join(' ')
  const check = checked.get(known) ?? loadOnce(source, desk)
  checked.set(known, check)
  try {
    await check
  } catch (error) {
    if (checked.get(known) === check) checked.delete(known)
    throw error
  }
}

/** What is imported here and below is large, and only who publishes needs it. */
async function checkShader(source: KernelSource): Promise<void> {
  const { checkWgsl } = await import('../worker/check-wgsl.ts')
  checkWgsl(source)
}

async function loadOnce(
  source: KernelSource,
  { load, mayCompile }: Pick<Desk, 'load' | 'mayCompile'>,
): Promise<void> {
  if (mayCompile && source.code.length <= QUICK_BYTES) {
    const { loadWasm } = await import('../worker/frame/wasm-kernel.ts')
    loadWasm(source)
    return
  }
  const done = new AbortController()
  try {
    const kernel = await load(source, done.signal)
    kernel.close()
  } finally {
    done.abort()
  }
}

/** What does not hold for the program, but for where it was checked. */
const ELSEWHERE: readonly string[] = [
  'timeout',
  'unreachable',
  'cancelled',
  'storage',
] satisfies FailureCode[]

/** The failure of a program with the path of the field in which it lies. */
function placed(failure: Failure, program: string): Failure {
  const { code, message } = failure
  if (ELSEWHERE.includes(code)) return failure
  const field = /^(passes|buffers)\[/.test(message) ? '.' : '.code: '
  const place = /^(inputs|outputs|limits)[.[]/.test(message) ? '' : `${program}${field}`
  return new Failure(code === 'unsupported' ? code : 'malformed', `${place}${message}`, { cause: failure })
}

/** Loads the job's WASM program, from the bytes that were kept, for the publisher's own opinion. Throws as loading does. */
export async function loadOwn(
  manifest: Manifest,
  { keys, store, load }: Pick<Desk, 'keys' | 'store' | 'load'>,
  signal: AbortSignal,
): Promise<LoadedKernel> {
  const read = (cid: Cid): Promise<Uint8Array | undefined> => store.blobs.get(digestOfCid(cid))
  return load(await ownSource(manifest, accountOf(keys.publisher), read), signal)
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
