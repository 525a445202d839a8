import type { Hex } from '../bytes.ts'
import { fromHex, toHex } from '../bytes.ts'
import { packOpening, parseOpening } from '../escrow/opening.ts'
import { Failure, malformed } from '../failure.ts'
import type { Frame } from '../frame.ts'
import { at, readBytes, readInteger, readList, readRecord, readText, readWord } from '../read.ts'
import { packLeaf, packStatement, parseLeaf, parseStatement } from '../statement/statement.ts'
import { MAX_DEPTH } from '../statement/sum-tree.ts'
import type { FailedUnit, WorkMessage } from './message.ts'
import { IDLE_REASONS, UNIT_FAILURES } from './message.ts'
import { MAX_FRAME_UNITS, packDigests, packResults, parseResults, readDigests, readUnits } from './result.ts'

/** The frame types of `/weft/work/1`; the place in the list, from 1, is the number on the wire. */
const KINDS = [
  'hello',
  'welcome',
  'follow',
  'want',
  'lease',
  'idle',
  'result',
  'return',
  'accepted',
  'rejected',
  'statement',
  'goodbye',
  'refusal',
  'unfit',
] as const
type Kind = WorkMessage['kind']
type Of<K extends Kind> = Extract<WorkMessage, { kind: K }>
type Form<K extends Kind> = { pack(message: Of<K>): unknown; parse(body: unknown): Of<K> }

/** The most units that one `accepted` message names. */
export const MAX_ACCEPTED_UNITS = 8192
const EXECUTORS = { words: ['wasm', 'wgsl'] as const }

/** Writes a message as a frame. */
export function packMessage(message: WorkMessage): Frame {
  const form = forms[message.kind] as { pack(of: WorkMessage): unknown }
  return { type: KINDS.indexOf(message.kind) + 1, request: 0, body: form.pack(message) }
}

/** Reads a frame. Throws `malformed` with the field's path, or `unsupported` for a type that is not known here. */
export function parseMessage(frame: Frame): WorkMessage {
  const kind = KINDS[frame.type - 1]
  if (kind === undefined)
    throw new Failure('unsupported', `frame type ${frame.type} is not known on /weft/work/1`)
  return forms[kind].parse(frame.body)
}

const forms: { readonly [K in Kind]: Form<K> } = {
  hello: { pack: ({ body }) => body, parse: (body) => ({ kind: 'hello', body }) },
  welcome: {
    pack: ({ jobs }) => ({ jobs: jobs.map((job) => fromHex(job)) }),
    parse(body) {
      const record = readRecord(body, 'welcome', ['jobs'])
      return { kind: 'welcome', jobs: readList(record.jobs, 'welcome.jobs', { max: 256, read: readJobId }) }
    },
  },
  follow: {
    pack: ({ jobId }) => ({ jobId: fromHex(jobId) }),
    parse: (body) => ({ kind: 'follow', jobId: jobIdOf(readRecord(body, 'follow', ['jobId']), 'follow') }),
  },
  want: {
    pack: ({ jobId, executor, frames }) => ({ jobId: fromHex(jobId), executor, frames }),
    parse(body) {
      const record = readRecord(body, 'want', ['jobId', 'executor', 'frames'])
      const frames = readInteger(record.frames, 'want.frames', [1, 64])
      return {
        kind: 'want',
        jobId: jobIdOf(record, 'want'),
        executor: readWord(record.executor, 'want.executor', EXECUTORS),
        frames,
      }
    },
  },
  lease: {
    pack: ({ jobId, lease, executor, units, ttlMs }) => ({
      jobId: fromHex(jobId),
      lease,
      executor,
      units: [...units],
      ttlMs,
    }),
    parse(body) {
      const record = readRecord(body, 'lease', ['jobId', 'lease', 'executor', 'units', 'ttlMs'])
      return {
        kind: 'lease',
        jobId: jobIdOf(record, 'lease'),
        lease: readLease(record.lease, 'lease.lease'),
        executor: readWord(record.executor, 'lease.executor', EXECUTORS),
        units: readUnits(record.units, 'lease.units'),
        ttlMs: readInteger(record.ttlMs, 'lease.ttlMs', [1, 86_400_000]),
      }
    },
  },
  idle: {
    pack: ({ jobId, executor, why }) => ({ jobId: fromHex(jobId), executor, why }),
    parse(body) {
      const record = readRecord(body, 'idle', ['jobId', 'executor', 'why'])
      const executor = readWord(record.executor, 'idle.executor', EXECUTORS)
      return {
        kind: 'idle',
        jobId: jobIdOf(record, 'idle'),
        executor,
        why: readWord(record.why, 'idle.why', { words: IDLE_REASONS }),
      }
    },
  },
  result: {
    pack: ({ lease, results, outputs, failed, elapsedMs }) => ({
      lease,
      results: packResults(results),
      outputs: [...outputs],
      failed: failed.map(({ unit, code, message }) => ({ unit, code, message: message.slice(0, 400) })),
      elapsedMs,
    }),
    parse: parseResult,
  },
  unfit: {
    pack: ({ jobId, executor, code, message }) => ({
      jobId: fromHex(jobId),
      executor,
      code,
      message: message.slice(0, 400),
    }),
    parse(body) {
      const record = readRecord(body, 'unfit', ['jobId', 'executor', 'code', 'message'])
      return {
        kind: 'unfit',
        jobId: jobIdOf(record, 'unfit'),
        executor: readWord(record.executor, 'unfit.executor', EXECUTORS),
        code: readWord(record.code, 'unfit.code', { words: UNIT_FAILURES }),
        message: readText(record.message, 'unfit.message', 400),
      }
    },
  },
  return: {
    pack: ({ jobId, leases }) => ({ jobId: fromHex(jobId), leases: [...leases] }),
    parse(body) {
      const record = readRecord(body, 'return', ['jobId', 'leases'])
      return {
        kind: 'return',
        jobId: jobIdOf(record, 'return'),
        leases: readList(record.leases, 'return.leases', { max: 256, read: readLease }),
      }
    },
  },
  accepted: {
    pack: ({ jobId, units, digests, own }) => ({
      jobId: fromHex(jobId),
      units: [...units],
      digests: packDigests(digests),
      own,
    }),
    parse(body) {
      const record = readRecord(body, 'accepted', ['jobId', 'units', 'digests', 'own'])
      const units = readUnits(record.units, 'accepted.units', MAX_ACCEPTED_UNITS)
      const digests = readDigests(record.digests, 'accepted.digests', units.length)
      return {
        kind: 'accepted',
        jobId: jobIdOf(record, 'accepted'),
        units,
        digests,
        own: readInteger(record.own, 'accepted.own', [0, units.length]),
      }
    },
  },
  rejected: {
    pack: ({ jobId, unit, evidence }) => ({
      jobId: fromHex(jobId),
      unit,
      evidence: evidence.map(packResults),
    }),
    parse(body) {
      const record = readRecord(body, 'rejected', ['jobId', 'unit', 'evidence'])
      const evidence = readList(record.evidence, 'rejected.evidence', { max: 16, read: parseResults })
      return {
        kind: 'rejected',
        jobId: jobIdOf(record, 'rejected'),
        unit: readInteger(record.unit, 'rejected.unit', [0, 2 ** 31]),
        evidence,
      }
    },
  },
  statement: {
    pack: ({ signed, leaf, proof, opening }) => ({
      statement: packStatement(signed),
      leaf: packLeaf(leaf),
      proof,
      opening: packOpening(opening),
    }),
    parse(body) {
      const record = readRecord(body, 'statement', ['statement', 'leaf', 'proof', 'opening'])
      const proof = readBytes(record.proof, 'statement.proof', [0, 44 * MAX_DEPTH])
      return {
        kind: 'statement',
        signed: parseStatement(record.statement, 'statement.statement'),
        leaf: parseLeaf(record.leaf, 'statement.leaf'),
        proof,
        opening: parseOpening(record.opening, 'statement.opening'),
      }
    },
  },
  goodbye: {
    pack: ({ why }) => ({ why: why.slice(0, 200) }),
    parse: (body) => ({
      kind: 'goodbye',
      why: readText(readRecord(body, 'goodbye', ['why']).why, 'goodbye.why', 200),
    }),
  },
  refusal: {
    pack: ({ jobId, why }) =>
      jobId === undefined ? { why: why.slice(0, 400) } : { jobId: fromHex(jobId), why: why.slice(0, 400) },
    parse(body) {
      const record = readRecord(body, 'refusal', ['jobId', 'why'])
      const jobId = record.jobId === undefined ? undefined : jobIdOf(record, 'refusal')
      return { kind: 'refusal', jobId, why: readText(record.why, 'refusal.why', 400) }
    },
  },
}

function parseResult(body: unknown): Of<'result'> {
  const record = readRecord(body, 'result', ['lease', 'results', 'outputs', 'failed', 'elapsedMs'])
  const results = parseResults(record.results, 'result.results')
  const outputs = readList(record.outputs, 'result.outputs', {
    max: MAX_FRAME_UNITS,
    read: (entry, path) => readBytes(entry, path, [0, 4_194_304]),
  })
  if (outputs.length !== results.units.length)
    throw malformed('result.outputs', `${results.units.length} outputs`, outputs)
  return {
    kind: 'result',
    lease: readLease(record.lease, 'result.lease'),
    results,
    outputs,
    failed: readList(record.failed, 'result.failed', { max: MAX_FRAME_UNITS, read: parseFailed }),
    elapsedMs: readInteger(record.elapsedMs, 'result.elapsedMs', [0, 86_400_000]),
  }
}

function parseFailed(value: unknown, path: string): FailedUnit {
  const record = readRecord(value, path, ['unit', 'code', 'message'])
  return {
    unit: readInteger(record.unit, at(path, 'unit'), [0, 2 ** 31]),
    code: readWord(record.code, at(path, 'code'), { words: UNIT_FAILURES }),
    message: readText(record.message, at(path, 'message'), 400),
  }
}

function readLease(value: unknown, path: string): number {
  return readInteger(value, path, [0, 2 ** 32 - 1])
}

function readJobId(value: unknown, path: string): Hex {
  return toHex(readBytes(value, path, 32))
}

function jobIdOf(record: Record<string, unknown>, path: string): Hex {
  return readJobId(record.jobId, at(path, 'jobId'))
}
