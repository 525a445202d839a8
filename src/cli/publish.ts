import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { openChain } from '../chain/chain.ts'
import { requireEscrow } from '../chain/deploy.ts'
import type { Token } from '../chain/token/token.ts'
import type { Address } from '../protocol/address.ts'
import type { Cid } from '../protocol/cid.ts'
import { cidOf } from '../protocol/cid.ts'
import { Failure, reason } from '../protocol/failure.ts'
import { manifestCid, parseManifest } from '../protocol/manifest/manifest.ts'
import type { Network } from '../protocol/network.ts'
import type { Currency } from '../protocol/wei.ts'
import { COIN_DECIMALS, formatAmount, parseCoins } from '../protocol/wei.ts'
import { startNodePublisher } from '../publisher/start-node.ts'
import type { Draft, JobResult, PublishedJob, PublisherState, Quote } from '../publisher/state.ts'
import { holdFolder } from './local/hold-folder.ts'
import { readNetwork } from './read-network.ts'
import { makeReporter, type Reporter } from './reporter.ts'

/** The options of `weft publish`. */
export type PublishOptions = {
  readonly network: string
  readonly data: string
  readonly out: string
  readonly json: boolean
  /** Whether the publisher claims for its payees where gas is free. */
  readonly claims: boolean
  /** Where the chain is asked, instead of where the network says. */
  readonly chainRpc?: string
  /** The escrow, if it is not the network's. */
  readonly contract?: Address
  /** What is laid down for results now, in coins or tokens; without it the whole price. */
  readonly budget?: string
  /** Whether the job is to end now: what is verified is paid, the rest comes back. */
  readonly cancel: boolean
  /** What the job pays in; without it the chain's own coin. */
  readonly token?: Address
}

/**
 * Publishes the job of a manifest file, waits until everybody is paid and the job is closed, and writes the result. Started
 * again after an interruption with the same data folder it goes on where it was.
 */
export async function publish(file: string, options: PublishOptions, signal: AbortSignal): Promise<void> {
  const reporter = makeReporter(options.json)
  const draft = await readDraft(resolve(file))
  const network = onChain(await readNetwork(options.network), options)
  await requireEscrow(openChain({ rpcUrl: network.rpc, escrow: network.escrow }))
  const folder = resolve(options.data)
  await holdFolder({ folder, isFresh: false }, () =>
    run(draft, { ...options, network, folder, reporter }, signal),
  )
}

const NO_CLAIMS = { claims: 'none' } as const

type Stage = Pick<PublishOptions, 'out' | 'claims' | 'budget' | 'token' | 'cancel'> & {
  readonly network: Network
  readonly folder: string
  readonly reporter: Reporter
}

async function run(made: Draft, stage: Stage, signal: AbortSignal): Promise<void> {
  const { network, folder, out, claims, cancel, reporter } = stage
  const closing = new AbortController()
  const ends = AbortSignal.any([signal, closing.signal])
  const publisher = await startNodePublisher(
    { network, folder, listen: { host: '127.0.0.1', port: 0 }, ...(claims ? {} : NO_CLAIMS) },
    ends,
  )
  try {
    const unfinished = publisher.show().jobs.find((job) => isSame(job, made, stage))
    if (cancel && unfinished === undefined)
      throw new Failure('refused', `In ${folder} there is no job of this manifest that has not ended`)
    const token = unfinished?.token ?? (stage.token && (await publisher.token(stage.token)))
    const draft = { ...made, ...payOf(stage, token) }
    reporter.line(quoteLine(draft, publisher.quote(draft.manifest), currencyOf(network, token)))
    const jobId = unfinished?.jobId ?? (await publisher.publish(draft))
    reporter.line(`${unfinished === undefined ? 'Published' : 'Going on with'} job ${jobId}`)
    if (cancel) await publisher.cancel(jobId)
    const kept = publisher.show().jobs.find((job) => job.jobId === jobId)?.kept ?? 0n
    if (kept > 0n)
      reporter.line(
        `The token kept ${formatAmount(kept, { decimals: token?.decimals ?? 0 })} of the deposit: the budget is what arrived`,
      )
    const end = publisher.subscribe(teller(jobId, reporter))
    await Promise.race([publisher.over(jobId), aborted(ends)])
    end()
    if (signal.aborted)
      throw new Failure(
        'cancelled',
        'Interrupted: the job goes on when this is run again with the same --data, and ends with --cancel',
      )
    const job = publisher.show().jobs.find((entry) => entry.jobId === jobId)
    if (job === undefined || job.phase !== 'closed')
      throw new Failure('refused', `The job failed: ${job?.why ?? 'it is gone'}`)
    reporter.line(payLine(job, currencyOf(network, job.token)))
    if (cancel && job.digest === undefined) return reporter.event('cancelled', moneyOf(job))
    if (job.digest === undefined) throw withoutResult(job, reporter)
    await writeResult(await publisher.result(jobId), { out, job, reporter })
  } finally {
    closing.abort()
    await publisher.stopped
  }
}

/** Whether a job is the one that was interrupted. */
function isSame(job: PublishedJob, made: Draft, { token }: Stage): boolean {
  return job.endedAt === undefined && cidOfDraft(job) === cidOfDraft(made) && job.token?.address === token
}

/** What the options say of the money of a draft. Throws `malformed`. */
function payOf({ budget, token: address }: Stage, token: Token | undefined): Partial<Draft> {
  return {
    ...(address === undefined ? {} : { token: address }),
    ...(budget === undefined ? {} : { budget: parseCoins(budget, 'budget', token?.decimals) }),
  }
}

function currencyOf({ currency: symbol }: Network, token: Token | undefined): Currency {
  return token ?? { symbol, decimals: COIN_DECIMALS }
}

function quoteLine(draft: Draft, { units, budget, bond }: Quote, currency: Currency): string {
  const show = (amount: bigint): string => formatAmount(amount, currency)
  const token = draft.token === undefined ? '' : ` (token ${draft.token})`
  const now = draft.budget === undefined ? '' : `, ${show(draft.budget)} of it now`
  return `${units} units; at most ${show(budget)} ${currency.symbol}${token}${now}, and a bond of ${show(bond)} that comes back`
}

/** Reads a manifest file, and from beside it the files that its code and inputs name by `file` or by CID. */
async function readDraft(path: string): Promise<Draft> {
  const folder = dirname(path)
  const json = parseJson(await readText(path), path)
  const blobs = new Map<Cid, Uint8Array>()
  const codes = listOf(json, 'programs').map((program) => (program as { code?: unknown }).code)
  for (const [index, code] of codes.entries())
    await fillIn(code, { folder, blobs, place: `programs[${index}].code` })
  for (const [index, input] of listOf(json, 'inputs').entries())
    await fillIn(input, { folder, blobs, place: `inputs[${index}]` })
  return { manifest: parseManifest(json), blobs }
}

/** `{file: "kernel.wasm"}` is for people; the manifest itself names bytes by CID and length. */
async function fillIn(
  entry: unknown,
  { folder, blobs, place }: { folder: string; blobs: Map<Cid, Uint8Array>; place: string },
): Promise<void> {
  if (typeof entry !== 'object' || entry === null) return
  const fields = entry as { file?: unknown; cid?: unknown; bytes?: unknown }
  if (typeof fields.file !== 'string') return
  const bytes = await readBytes(join(folder, fields.file), `${place}.file`)
  const cid = cidOf(bytes)
  if (fields.cid !== undefined && fields.cid !== cid) {
    throw new Failure(
      'malformed',
      `${place}.cid: the bytes of ${fields.file} are named ${cid}, the manifest says ${String(fields.cid)}`,
    )
  }
  delete fields.file
  Object.assign(fields, { cid, bytes: bytes.length })
  blobs.set(cid, bytes)
}

/** The network with another way to its chain, or another escrow on it. Whether it is the same chain is checked later. */
function onChain(network: Network, { chainRpc, contract }: PublishOptions): Network {
  return { ...network, rpc: chainRpc ?? network.rpc, escrow: contract ?? network.escrow }
}

function teller(jobId: string, { line, event }: Reporter): (state: PublisherState) => void {
  let [told, toldWhy] = ['', '']
  return ({ jobs }) => {
    const job = jobs.find((entry) => entry.jobId === jobId)
    if (job === undefined) return
    const done = job.counts.accepted + job.counts.paid
    const failed = Object.entries(job.failures).map(([code, count]) => `${count} ${code}`)
    const failures = failed.length === 0 ? '' : `, failed: ${failed.join(', ')}`
    if (job.why !== toldWhy && job.why !== '') line(job.why)
    toldWhy = job.why
    const text = `${done} of ${job.units.length} units verified, ${job.counts.paid} paid${failures}; ${job.phase}`
    if (text === told) return
    told = text
    line(text)
    const counts = { verified: done, paid: job.counts.paid, units: job.units.length }
    event('progress', { phase: job.phase, ...counts, failures: job.failures, isSpent: job.isSpent })
  }
}

async function writeResult(
  { files, digest, digestFile }: JobResult,
  { out, job, reporter }: { out: string; job: PublishedJob; reporter: Reporter },
): Promise<void> {
  const folder = resolve(out)
  await mkdir(folder, { recursive: true })
  const paths: string[] = []
  for (const { name, bytes } of [...files, digestFile]) {
    const path = join(folder, basename(name))
    await writeFile(path, bytes)
    paths.push(path)
  }
  reporter.line(`Wrote ${paths.slice(0, -1).join(', ')} and ${paths.at(-1)}`)
  reporter.event('done', { file: paths[0], files: paths, digest, ...moneyOf(job) })
}

/** What became of the money of a job that is closed, for a program. */
function moneyOf({ promised, claimed, refunded }: PublishedJob) {
  return {
    claimedWei: claimed.toString(),
    payableWei: (promised - claimed).toString(),
    refundedWei: refunded.toString(),
  }
}

function payLine({ promised, claimed, refunded, bondReturned }: PublishedJob, currency: Currency): string {
  const show = (amount: bigint): string => formatAmount(amount, currency)
  const open = promised > claimed ? `, ${show(promised - claimed)} is there for its payees to take` : ''
  return `Paid ${show(claimed)} ${currency.symbol}${open}, ${show(refunded)} came back, and the bond of ${show(bondReturned)}`
}

/** Tells of a job that is closed, but for units that failed or were disputed. */
function withoutResult(job: PublishedJob, { event }: Reporter): Failure {
  const { counts, failures, units, why } = job
  event('no-result', { units: units.length, disputed: counts.disputed, failures, why, ...moneyOf(job) })
  const cause = why === '' ? '' : `. ${why}`
  return new Failure(
    'refused',
    `The job has no result: ${counts.disputed} of ${units.length} units are disputed${cause}`,
  )
}

function cidOfDraft({ manifest }: Pick<Draft, 'manifest'>): string {
  return manifestCid(manifest)
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const why = reason(cause)
    const [, before] = / at position (\d+)/.exec(why) ?? []
    const line = before === undefined ? '' : ` in line ${text.slice(0, Number(before)).split('\n').length}`
    throw new Failure('malformed', `${path} is not JSON${line}: ${why}`, { cause })
  }
}

function listOf(json: unknown, field: string): unknown[] {
  const value = (json as Record<string, unknown> | null)?.[field]
  return Array.isArray(value) ? value : []
}

async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(path, 'manifest'))
}

async function readBytes(path: string, field: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path))
  } catch (cause) {
    throw new Failure('malformed', `${field}: the file ${path} cannot be read: ${reason(cause)}`, { cause })
  }
}
