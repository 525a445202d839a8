import type { Address } from '../../protocol/address.ts'
import type { Digest } from '../../protocol/bytes.ts'
import type { Wei } from '../../protocol/wei.ts'
import type { PublisherEngine } from '../../publisher/publisher.ts'
import type { PublishedJob } from '../../publisher/state.ts'

/** What became of one job of the demo. Amounts are decimal strings of wei. */
export type JobSummary = {
  readonly name: string
  readonly units: number
  readonly verified: number
  readonly rejected: number
  readonly executions: number
  readonly executors: { readonly wgsl: number; readonly wasm: number }
  readonly priceWei: string
  readonly seconds: number
  readonly digest: Digest | undefined
  readonly expectedDigest: Digest
  readonly file: string
}

/** What became of one provider. */
export type ProviderSummary = {
  readonly account: Address
  readonly payee: Address
  readonly cheater: boolean
  readonly unitsByJob: Readonly<Record<string, number>>
  readonly promisedWei: string
  readonly onChainWei: string
}

export type DemoSummary = {
  readonly jobs: readonly JobSummary[]
  readonly providers: readonly ProviderSummary[]
  readonly escrow: Readonly<
    Record<'budgetWei' | 'claimedWei' | 'refundedWei' | 'bondWei' | 'bondReturnedWei', string>
  >
  readonly ok: boolean
  /** What was not as it must be; empty when `ok`. */
  readonly faults: readonly string[]
}

/** One job with what the demo knows of it beside the publisher. */
export type DemoJob = {
  readonly name: string
  readonly job: PublishedJob
  readonly expected: Digest
  readonly file: string
}
/** One tab with what it was promised and what its payee got on chain. */
export type DemoTab = {
  readonly payee: Address
  readonly isCheater: boolean
  readonly promised: Wei
  readonly gained: Wei
}

/** Sums the demo up and judges it: `ok` only when every amount and every digest is right. */
export function summarise(
  jobs: readonly DemoJob[],
  tabs: readonly DemoTab[],
  publisher: PublisherEngine,
): DemoSummary {
  const faults = [
    ...jobs.flatMap(jobFaults),
    ...tabs.flatMap((tab) => tabFaults(tab, jobs)),
    ...twinFaults(jobs, publisher),
  ]
  const total = (pick: (job: PublishedJob) => bigint): string =>
    jobs.reduce((sum, { job }) => sum + pick(job), 0n).toString()
  return {
    jobs: jobs.map(showJob),
    providers: tabs.map((tab) => showTab(tab, jobs)),
    escrow: {
      budgetWei: total((job) => job.budget),
      claimedWei: total((job) => job.claimed),
      refundedWei: total((job) => job.refunded),
      bondWei: total((job) => job.bond),
      bondReturnedWei: total((job) => job.bondReturned),
    },
    ok: faults.length === 0,
    faults,
  }
}

function showJob({ name, job, expected, file }: DemoJob): JobSummary {
  const { wgsl, wasm, own } = job.executions
  return {
    name,
    units: job.units.length,
    verified: job.counts.accepted + job.counts.paid,
    rejected: job.rejected,
    executions: wgsl + wasm + own,
    executors: { wgsl, wasm },
    priceWei: job.price.toString(),
    seconds: Math.round(((job.endedAt ?? Date.now()) - job.startedAt) / 1000),
    digest: job.digest,
    expectedDigest: expected,
    file,
  }
}

function showTab(tab: DemoTab, jobs: readonly DemoJob[]): ProviderSummary {
  const accounts = jobs
    .flatMap(({ job }) => job.providers.filter((row) => row.payee === tab.payee))
    .map((row) => row.account)
  return {
    account: accounts[0] ?? tab.payee,
    payee: tab.payee,
    cheater: tab.isCheater,
    unitsByJob: Object.fromEntries(jobs.map(({ name, job }) => [name, acceptedOf(job, tab.payee)])),
    promisedWei: tab.promised.toString(),
    onChainWei: tab.gained.toString(),
  }
}

function jobFaults({ name, job, expected }: DemoJob): string[] {
  const faults: string[] = []
  if (job.digest !== expected)
    faults.push(`${name}: the result has digest ${job.digest}, the reference ${expected}`)
  if (job.counts.paid !== job.units.length)
    faults.push(`${name}: ${job.counts.paid} of ${job.units.length} units are paid`)
  if (job.phase !== 'closed')
    faults.push(`${name}: the job is ${job.phase}${job.why === '' ? '' : ` (${job.why})`}`)
  if (job.budget !== job.claimed + job.refunded)
    faults.push(`${name}: the budget is not what was claimed and refunded`)
  if (job.bond !== job.bondReturned)
    faults.push(`${name}: ${job.bondReturned} of the bond of ${job.bond} wei came back`)
  return faults
}

function tabFaults(tab: DemoTab, jobs: readonly DemoJob[]): string[] {
  const earned = jobs.reduce((sum, { job }) => sum + BigInt(acceptedOf(job, tab.payee)) * job.price, 0n)
  const rejected = jobs.reduce((sum, { job }) => sum + (rowOf(job, tab.payee)?.rejected ?? 0), 0)
  if (tab.isCheater) {
    const faults = rejected === 0 ? [`The cheater ${tab.payee} was never rejected`] : []
    return tab.gained === 0n && earned === 0n
      ? faults
      : [...faults, `The cheater ${tab.payee} got ${tab.gained} wei`]
  }
  const faults = tab.gained === earned ? [] : [`${tab.payee} earned ${earned} wei and got ${tab.gained}`]
  return tab.promised === tab.gained
    ? faults
    : [...faults, `${tab.payee} was promised ${tab.promised} wei and got ${tab.gained}`]
}

/** `fractal` must have run on both executors, and some unit must be confirmed by one of each. */
function twinFaults(jobs: readonly DemoJob[], publisher: PublisherEngine): string[] {
  const fractal = jobs.find(({ name }) => name === 'fractal')
  if (fractal === undefined) return ['There is no fractal job']
  const units = Array.from({ length: fractal.job.units.length }, (_, unit) =>
    publisher.unit(fractal.job.jobId, unit),
  )
  const isMixed = units.some(({ results }) => {
    const kinds = results
      .filter((result) => result.verdict === 'accepted' && !result.isOwn)
      .map((result) => result.executor)
    return kinds.includes('wgsl') && kinds.includes('wasm')
  })
  return isMixed ? [] : ['fractal: no unit was confirmed by one result of each executor']
}

function rowOf(job: PublishedJob, payee: Address): PublishedJob['providers'][number] | undefined {
  return job.providers.find((row) => row.payee === payee)
}

function acceptedOf(job: PublishedJob, payee: Address): number {
  return rowOf(job, payee)?.accepted ?? 0
}
