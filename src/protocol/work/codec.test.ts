import { describe, expect, test } from 'vitest'
import { accountOf, makeKey } from '../account.ts'
import { digestOf } from '../digest.ts'
import { testOpening } from '../escrow/test-opening.ts'
import { Failure } from '../failure.ts'
import type { Frame } from '../frame.ts'
import { encodeFrame, FrameReader } from '../frame.ts'
import { signStatement } from '../statement/statement.ts'
import { buildTree, proofOf, rootOf } from '../statement/sum-tree.ts'
import { toWei } from '../wei.ts'
import { MAX_ACCEPTED_UNITS, packMessage, parseMessage } from './codec.ts'
import type { WorkMessage } from './message.ts'
import type { Results } from './result.ts'
import { signResults } from './result.ts'

const key = makeKey()
const account = accountOf(key)
const jobId = `0x${'07'.repeat(32)}` as const
const outputs = [new Uint8Array([1, 2]), new Uint8Array(0)]
const digests = outputs.map(digestOf)
const unsigned: Results = { jobId, payee: account, units: [3, 5], digests }
const results = { ...unsigned, signature: signResults(unsigned, key), account }
const leaf = { account, amount: toWei(5n), earned: toWei(7n), index: 0 }
const other = { account: accountOf(makeKey()), amount: toWei(1n), earned: toWei(1n), index: 1 }
const tree = buildTree([leaf, other])
const statement = {
  ...rootOf(tree),
  jobId,
  epoch: 1,
  seq: 2,
  isLast: false,
  depth: tree.depth,
  units: 2,
  dataHash: `0x${'08'.repeat(32)}`,
} as const

/** One of every kind of message; a kind that is missing here does not compile. */
const messages: { readonly [K in WorkMessage['kind']]: Extract<WorkMessage, { kind: K }> } = {
  hello: { kind: 'hello', body: { version: 1 } },
  welcome: { kind: 'welcome', jobs: [jobId] },
  follow: { kind: 'follow', jobId },
  want: { kind: 'want', jobId, executor: 'wgsl', frames: 2 },
  lease: { kind: 'lease', jobId, lease: 9, executor: 'wasm', units: [3, 5], ttlMs: 30_000 },
  idle: { kind: 'idle', jobId, executor: 'wasm', why: 'others' },
  result: {
    kind: 'result',
    lease: 9,
    results,
    outputs,
    failed: [{ unit: 6, code: 'trap', message: 'unreachable' }],
    elapsedMs: 12,
  },
  unfit: { kind: 'unfit', jobId, executor: 'wgsl', code: 'compile', message: 'line 7' },
  return: { kind: 'return', jobId, leases: [9, 10] },
  accepted: { kind: 'accepted', jobId, units: [3, 5], digests, own: 1 },
  rejected: { kind: 'rejected', jobId, unit: 3, evidence: [results, results] },
  statement: {
    kind: 'statement',
    opening: testOpening(),
    signed: signStatement(statement, { chainId: 31337, escrow: account }, key),
    leaf,
    proof: proofOf(tree, 0),
  },
  goodbye: { kind: 'goodbye', why: 'the tab closes' },
  refusal: { kind: 'refusal', jobId, why: 'no such job' },
}
const kinds = Object.values(messages)

function send(message: WorkMessage): WorkMessage {
  const [frame] = new FrameReader().push(encodeFrame(packMessage(message)))
  if (frame === undefined) throw new Error('no frame')
  return parseMessage(frame)
}

test.each(kinds)('$kind survives the wire', (message) => {
  expect(send(message)).toEqual(message)
})

test('a refusal need not name a job', () => {
  const refusal: WorkMessage = { kind: 'refusal', jobId: undefined, why: 'full' }
  expect(send(refusal)).toEqual(refusal)
})

test('the number of each kind on the wire is fixed', () => {
  expect(kinds.map((message) => [packMessage(message).type, message.kind])).toEqual([
    [1, 'hello'],
    [2, 'welcome'],
    [3, 'follow'],
    [4, 'want'],
    [5, 'lease'],
    [6, 'idle'],
    [7, 'result'],
    [14, 'unfit'],
    [8, 'return'],
    [9, 'accepted'],
    [10, 'rejected'],
    [11, 'statement'],
    [12, 'goodbye'],
    [13, 'refusal'],
  ])
})

test.each([0, 15, 255])('frame type %i is not known', (type) => {
  const parse = (): unknown => parseMessage({ type, request: 0, body: {} })
  expect(parse).toThrow(`frame type ${type} is not known on /weft/work/1`)
  expect(parse).toThrow(expect.objectContaining({ code: 'unsupported' }))
})

test('long reasons are cut, so that the other side does not refuse them', () => {
  const long = 'x'.repeat(5000)
  const failed = [{ unit: 6, code: 'trap' as const, message: long }]
  expect(send({ ...messages.result, failed })).toMatchObject({ failed: [{ message: 'x'.repeat(400) }] })
  expect(send({ ...messages.unfit, message: long })).toMatchObject({ message: 'x'.repeat(400) })
  expect(send({ kind: 'goodbye', why: long })).toMatchObject({ why: 'x'.repeat(200) })
  expect(send({ kind: 'refusal', jobId, why: long })).toMatchObject({ why: 'x'.repeat(400) })
})

const bodied = kinds.filter(({ kind }) => kind !== 'hello')

describe.each(bodied)('$kind', (message) => {
  const { type, body } = packMessage(message)
  const parse = (changed: unknown): WorkMessage => parseMessage({ type, request: 0, body: changed })

  test.each([null, 7, 'text', [], new Uint8Array(4), undefined])('refuses %j for a body', (value) => {
    expect(() => parse(value)).toThrow(new RegExp(`^${message.kind}: expected an object`))
  })

  test('refuses an unknown field with its path', () => {
    expect(() => parse({ ...(body as object), more: 1 })).toThrow(`${message.kind}.more: unknown field`)
  })

  test('refuses to be without any of its fields', () => {
    for (const field of Object.keys(body as object)) {
      if (message.kind === 'refusal' && field === 'jobId') continue
      const { [field]: _, ...rest } = body as Record<string, unknown>
      expect(() => parse(rest)).toThrow(new RegExp(`${field}(\\.\\w+)?: expected`))
    }
  })
})

describe('a bad field is refused with its path', () => {
  const bad: [WorkMessage['kind'], object, string][] = [
    ['welcome', { jobs: Array(257).fill(new Uint8Array(32)) }, 'welcome.jobs: expected at most 256'],
    ['welcome', { jobs: [jobId] }, 'welcome.jobs[0]: expected bytes'],
    ['follow', { jobId: new Uint8Array(31) }, 'follow.jobId: expected 32 bytes'],
    ['want', { frames: 65 }, 'want.frames: expected a whole number from 1 to 64'],
    ['want', { executor: 'js' }, 'want.executor: expected one of wasm, wgsl'],
    ['lease', { lease: -1 }, 'lease.lease: expected a whole number'],
    ['lease', { units: [1, 1] }, 'lease.units: expected each unit once'],
    ['lease', { units: ['1'] }, 'lease.units[0]: expected a whole number'],
    ['lease', { ttlMs: 0 }, 'lease.ttlMs: expected a whole number from 1'],
    ['idle', { why: 'bored' }, 'idle.why: expected one of others, budget, done, closing, executor'],
    ['result', { outputs: [] }, 'result.outputs: expected 2 outputs, found a list of 0'],
    ['result', { outputs: ['a', 'b'] }, 'result.outputs[0]: expected bytes'],
    [
      'result',
      { outputs: [new Uint8Array(4_194_305), outputs[1]] },
      'result.outputs[0]: expected 0 to 4194304 bytes',
    ],
    ['result', { failed: [{ unit: 1, code: 'trap' }] }, 'result.failed[0].message: expected text'],
    [
      'result',
      { failed: [{ unit: 1, code: 'trap', message: '', stack: '' }] },
      'result.failed[0].stack: unknown field',
    ],
    ['result', { results: null }, 'result.results: expected an object'],
    ['result', { elapsedMs: 1e12 }, 'result.elapsedMs: expected a whole number'],
    ['return', { leases: [2 ** 32] }, 'return.leases[0]: expected a whole number'],
    ['accepted', { units: [3] }, 'accepted.digests: expected 32 bytes'],
    ['accepted', { own: 3 }, 'accepted.own: expected a whole number from 0 to 2'],
    ['accepted', { units: Array(MAX_ACCEPTED_UNITS + 1).fill(0) }, 'accepted.units: expected at most 8192'],
    ['rejected', { unit: 0.5 }, 'rejected.unit: expected a whole number'],
    ['rejected', { evidence: [{}] }, 'rejected.evidence[0].units: expected a list'],
    ['rejected', { evidence: Array(17).fill(null) }, 'rejected.evidence: expected at most 16'],
    ['statement', { proof: new Uint8Array(44 * 32 + 1) }, 'statement.proof: expected 0 to 1408 bytes'],
    ['statement', { statement: {} }, 'statement.statement.jobId: expected bytes'],
    ['statement', { leaf: {} }, 'statement.leaf.account: expected an address'],
    ['goodbye', { why: 'x'.repeat(201) }, 'goodbye.why: expected at most 200'],
    ['refusal', { why: 7 }, 'refusal.why: expected text'],
    ['refusal', { jobId: null }, 'refusal.jobId: expected bytes'],
  ]
  test.each(bad)('%s: %#', (kind, change, message) => {
    const { type, body } = packMessage(messages[kind])
    const frame: Frame = { type, request: 0, body: { ...(body as object), ...change } }
    expect(() => parseMessage(frame)).toThrow(message)
    expect(() => parseMessage(frame)).toThrow(Failure)
  })
})
