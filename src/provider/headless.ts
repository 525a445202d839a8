import type { Address } from '../protocol/address.ts'
import { readAddress } from '../protocol/address.ts'
import { readInteger, readList, readRecord, readText, readWord } from '../protocol/read.ts'
import type { Wei } from '../protocol/wei.ts'
import { readWei } from '../protocol/wei.ts'
import type { ProviderSettings, ProviderState } from './state.ts'

/** What a provider without a window is started with. `payee`: an address with its checksum; without it the page's own account is paid. */
export type HeadlessWish = { readonly payee?: string; readonly settings: Partial<ProviderSettings> }

/** What it says of itself to the command that runs it. */
export type HeadlessReport = {
  readonly phase: ProviderState['phase']
  /** Why nothing runs; empty while something does. */
  readonly idle: string
  readonly account: Address
  readonly payee: Address
  readonly sandbox: string
  /** The names of the jobs that are worked on. */
  readonly jobs: readonly string[]
  readonly delivered: number
  readonly accepted: number
  readonly rejected: number
  readonly failed: number
  readonly promised: Wei
  /** Final, or on its way. */
  readonly claimable: Wei
  readonly paid: Wei
}

const PHASES = ['starting', 'running', 'paused', 'follower', 'failed'] as const
const COUNTS = ['delivered', 'accepted', 'rejected', 'failed'] as const
const SUMS = ['promised', 'claimable', 'paid'] as const
const FIELDS = ['phase', 'idle', 'account', 'payee', 'sandbox', 'jobs', ...COUNTS, ...SUMS]

/** Makes a report of plain values from the state of a provider. */
export function headlessReport(state: ProviderState): Record<keyof HeadlessReport, unknown> {
  const { phase, account, payee, sandbox, money, delivered, accepted, rejected, failed } = state
  return {
    phase,
    idle: state.running > 0 ? '' : (state.idle?.text ?? ''),
    account,
    payee,
    sandbox,
    jobs: state.jobs.filter(({ kind }) => kind === 'working').map(({ name }) => name),
    ...{ delivered, accepted, rejected, failed },
    promised: money.promised.toString(),
    claimable: (money.claimable + money.inTransit).toString(),
    paid: money.paid.toString(),
  }
}

/** Reads a report; the page runs strangers' kernels beside it. Throws `malformed`. */
export function parseHeadlessReport(value: unknown): HeadlessReport {
  const record = readRecord(value, 'report', FIELDS)
  const count = (name: (typeof COUNTS)[number]): number =>
    readInteger(record[name], name, [0, Number.MAX_SAFE_INTEGER])
  const sum = (name: (typeof SUMS)[number]): Wei => readWei(record[name], name)
  return {
    phase: readWord(record.phase, 'phase', { words: PHASES }),
    idle: readText(record.idle, 'idle', 1000),
    account: readAddress(record.account, 'account'),
    payee: readAddress(record.payee, 'payee'),
    sandbox: readText(record.sandbox, 'sandbox', 400),
    jobs: readList(record.jobs, 'jobs', { max: 100, read: (entry, path) => readText(entry, path, 60) }),
    delivered: count('delivered'),
    accepted: count('accepted'),
    rejected: count('rejected'),
    failed: count('failed'),
    promised: sum('promised'),
    claimable: sum('claimable'),
    paid: sum('paid'),
  }
}
