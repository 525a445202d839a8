import { packToken, parseToken } from '../chain/token/token.ts'
import { readAddress, ZERO_ADDRESS } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { fromHex, toHex } from '../protocol/bytes.ts'
import { packOpening, parseOpening } from '../protocol/escrow/opening.ts'
import { Failure } from '../protocol/failure.ts'
import { decodeManifest, encodeManifest } from '../protocol/manifest/manifest.ts'
import { replicaPrice } from '../protocol/manifest/price.ts'
import {
  at,
  readBoolean,
  readBytes,
  readInteger,
  readList,
  readRecord,
  readText,
  readWord,
} from '../protocol/read.ts'
import type { Wei } from '../protocol/wei.ts'
import { readWei } from '../protocol/wei.ts'
import type { ExecutorKind } from '../protocol/work/hello.ts'
import type { UnitFailure } from '../protocol/work/message.ts'
import { UNIT_FAILURES } from '../protocol/work/message.ts'
import type { SignedResults } from '../protocol/work/result.ts'
import { MAX_FRAME_UNITS, packDigests, readDigests, readUnits } from '../protocol/work/result.ts'
import { packRecord, parseRecord } from '../store/record.ts'
import type { Journal } from '../store/store.ts'
import type { Job } from './job.ts'

/** What a publisher's journal of a job holds, one record each. Verdicts are not in it: they follow from the results. */
export type JobRecord =
  /** Written before the job is opened on chain, so that an opening that was sent is never sent twice. */
  | { readonly kind: 'opening'; readonly job: Job }
  /** One frame of results; an output that an earlier result of the unit had is not written again. */
  | {
      readonly kind: 'results'
      readonly results: SignedResults
      readonly executor: ExecutorKind
      readonly isOwn: boolean
      readonly outputs: readonly (Uint8Array | null)[]
    }
  /** A unit that no provider could run. */
  | { readonly kind: 'disputed'; readonly unit: number }
  /** Ended early: by its publisher, or because of `why`. */
  | { readonly kind: 'cancelled'; readonly why: string }
  /** How often units failed in which way, all together so far, and why units were given up or a program does not run. */
  | {
      readonly kind: 'failures'
      readonly counts: Readonly<Partial<Record<UnitFailure, number>>>
      readonly givenUp: string
      readonly unfit: string
    }
  /** The budget that the chain has since somebody added to it. */
  | { readonly kind: 'topped-up'; readonly budget: Wei }
  | { readonly kind: 'closed'; readonly refund: Wei; readonly bond: Wei; readonly at: number }

const PREFIX = 'job/'
/** Why something failed is kept up to so many characters. */
const MAX_TEXT = 1_000

/** The name of the publisher's journal of a job. */
export function jobJournal(jobId: Hex): string {
  return `${PREFIX}${jobId}`
}

/** What all names of such journals begin with. */
export const JOB_JOURNALS = PREFIX

/** Writes a record. */
export function packJobRecord(record: JobRecord): Uint8Array {
  return packRecord(record.kind, plain(record))
}

/** Reads the records of a job's journal, in order. Throws `malformed` or `unsupported`. */
export async function* readJobRecords(journal: Journal): AsyncGenerator<JobRecord> {
  for await (const bytes of journal.read()) {
    const { kind, body } = parseRecord(bytes)
    if (!Object.hasOwn(parsers, kind)) {
      throw new Failure('unsupported', `A job's record of kind "${kind}" is not known to this version`)
    }
    yield parsers[kind as JobRecord['kind']](body)
  }
}

function plain(record: JobRecord): unknown {
  switch (record.kind) {
    case 'opening': {
      const { jobId, opening, token, manifest, openedAt } = record.job
      const packed = { opening: packOpening(opening), manifest: encodeManifest(manifest) }
      const paidIn = token === undefined ? {} : { token: packToken(token) }
      return { jobId: fromHex(jobId), ...packed, ...paidIn, openedAt }
    }
    case 'results':
      return {
        results: packKept(record.results),
        executor: record.executor,
        isOwn: record.isOwn,
        outputs: [...record.outputs],
      }
    case 'disputed':
      return { unit: record.unit }
    case 'cancelled':
      return { why: record.why.slice(0, MAX_TEXT) }
    case 'failures':
      return {
        counts: record.counts,
        givenUp: record.givenUp.slice(0, MAX_TEXT),
        unfit: record.unfit.slice(0, MAX_TEXT),
      }
    case 'topped-up':
      return { budget: record.budget.toString() }
    case 'closed':
      return { refund: record.refund.toString(), bond: record.bond.toString(), at: record.at }
  }
}

const parsers: { readonly [K in JobRecord['kind']]: (body: unknown) => Extract<JobRecord, { kind: K }> } = {
  opening: (body) => ({ kind: 'opening', job: parseJob(body) }),
  results: parseResultsRecord,
  disputed: (body) => ({
    kind: 'disputed',
    unit: readInteger(readRecord(body, 'disputed', ['unit']).unit, 'disputed.unit', [0, 2 ** 31]),
  }),
  cancelled(body) {
    const { why = '' } = readRecord(body, 'cancelled', ['why']) // earlier versions wrote none
    return { kind: 'cancelled', why: readText(why, 'cancelled.why', MAX_TEXT) }
  },
  failures: parseFailures,
  'topped-up': (body) => ({
    kind: 'topped-up',
    budget: readWei(readRecord(body, 'topped-up', ['budget']).budget, 'topped-up.budget'),
  }),
  closed(body) {
    const record = readRecord(body, 'closed', ['refund', 'bond', 'at'])
    return {
      kind: 'closed',
      refund: readWei(record.refund, 'closed.refund'),
      bond: readWei(record.bond, 'closed.bond'),
      at: readInteger(record.at, 'closed.at', [0, Number.MAX_SAFE_INTEGER]),
    }
  },
}

function parseJob(body: unknown): Job {
  const path = 'opening'
  const record = readRecord(body, path, ['jobId', 'opening', 'token', 'manifest', 'openedAt'])
  const manifest = decodeManifest(readBytes(record.manifest, at(path, 'manifest'), [1, 262_144]))
  const opening = parseOpening(record.opening, at(path, 'opening'))
  const paysCoins = opening.token === ZERO_ADDRESS
  return {
    jobId: toHex(readBytes(record.jobId, at(path, 'jobId'), 32)),
    opening,
    token: paysCoins ? undefined : parseToken(record.token, opening.token, at(path, 'token')),
    manifest,
    price: replicaPrice(manifest),
    openedAt: readInteger(record.openedAt, at(path, 'openedAt'), [0, Number.MAX_SAFE_INTEGER]),
  }
}

function parseFailures(body: unknown): Extract<JobRecord, { kind: 'failures' }> {
  const path = 'failures'
  const record = readRecord(body, path, ['counts', 'givenUp', 'unfit'])
  const counts = readRecord(record.counts, at(path, 'counts'), UNIT_FAILURES)
  const found = UNIT_FAILURES.filter((code) => counts[code] !== undefined)
  return {
    kind: 'failures',
    counts: Object.fromEntries(
      found.map((code) => [
        code,
        readInteger(counts[code], at(path, `counts.${code}`), [0, Number.MAX_SAFE_INTEGER]),
      ]),
    ),
    givenUp: readText(record.givenUp, at(path, 'givenUp'), MAX_TEXT),
    unfit: readText(record.unfit, at(path, 'unfit'), MAX_TEXT),
  }
}

function parseResultsRecord(body: unknown): Extract<JobRecord, { kind: 'results' }> {
  const path = 'results'
  const record = readRecord(body, path, ['results', 'executor', 'isOwn', 'outputs'])
  return {
    kind: 'results',
    results: parseKept(record.results, at(path, 'results')),
    executor: readWord(record.executor, at(path, 'executor'), { words: ['wasm', 'wgsl'] as const }),
    isOwn: readBoolean(record.isOwn, at(path, 'isOwn')),
    outputs: readList(record.outputs, at(path, 'outputs'), {
      max: MAX_FRAME_UNITS,
      read: (entry, place) => (entry === null ? null : readBytes(entry, place, [0, 4_194_304])),
    }),
  }
}

/** Results with the account that signed them: their signature was checked when they came, and is not recovered again at a restart. */
function packKept({ jobId, payee, account, units, digests, signature }: SignedResults): unknown {
  return {
    jobId: fromHex(jobId),
    payee,
    account,
    units: [...units],
    digests: packDigests(digests),
    signature,
  }
}

function parseKept(value: unknown, path: string): SignedResults {
  const record = readRecord(value, path, ['jobId', 'payee', 'account', 'units', 'digests', 'signature'])
  const units = readUnits(record.units, at(path, 'units'))
  return {
    jobId: toHex(readBytes(record.jobId, at(path, 'jobId'), 32)),
    payee: readAddress(record.payee, at(path, 'payee')),
    account: readAddress(record.account, at(path, 'account')),
    units,
    digests: readDigests(record.digests, at(path, 'digests'), units.length),
    signature: readBytes(record.signature, at(path, 'signature'), 65),
  }
}
