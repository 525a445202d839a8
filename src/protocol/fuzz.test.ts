import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { accountOf, makeKey } from './account.ts'
import { packAnnouncement, parseAnnouncement, signAnnouncement } from './announcement.ts'
import { concat, fromHex } from './bytes.ts'
import { decodeCbor, decodeExact, encodeCbor } from './cbor.ts'
import { cidOf, readCid } from './cid.ts'
import { jobIdOf, packOpening, parseOpening } from './escrow/opening.ts'
import { parseCall } from './escrow/relayed-call.ts'
import { testOpening } from './escrow/test-opening.ts'
import { Failure } from './failure.ts'
import { encodeFrame, FrameReader } from './frame.ts'
import { compileExpression } from './manifest/expression.ts'
import { decodeManifest, encodeManifest, parseManifest } from './manifest/manifest.ts'
import { parseNetwork } from './network.ts'
import { packLeafList, parseLeafList } from './statement/leaf-list.ts'
import { parseLeaf, parseStatement } from './statement/statement.ts'
import { checkProof } from './statement/sum-tree.ts'
import { readWei, toWei } from './wei.ts'
import { parseMessage } from './work/codec.ts'
import { packHello, parseHello } from './work/hello.ts'
import { parseResults } from './work/result.ts'

// Garbage of every sort goes into every parser: nothing but `Failure` may come out. The seed makes a failing run repeatable.
const vectors = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8'))
const key = makeKey()
const account = accountOf(key)
const rounds = 1500

/** mulberry32 */
function randomly(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}
type Random = ReturnType<typeof randomly>

function randomBytes(random: Random): Uint8Array {
  return Uint8Array.from({ length: random(200) }, () => random(256))
}

/** A few bytes changed, cut out or doubled. */
function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice()
  for (let i = random(4); i >= 0; i -= 1) changed[random(changed.length)] = random(256)
  const [from, to] = [random(changed.length), random(changed.length)]
  const pick = random(4)
  if (pick === 0) return changed.subarray(0, from)
  if (pick === 1) return concat([changed.subarray(0, from), changed.subarray(to)])
  return changed
}

const WORDS = [
  '',
  'x',
  '1',
  '$i',
  '-1',
  'wasm',
  'wgsl',
  'range',
  '0x00',
  `0x${'ab'.repeat(20)}`,
  '__proto__',
  'constructor',
]

function randomValue(random: Random, depth = 0): unknown {
  const pick = random(depth > 3 ? 8 : 11)
  if (pick === 0) return null
  if (pick === 1) return random(2) === 0
  if (pick === 2) return random(300) - 20
  if (pick === 3) return (random(2 ** 30) - 2 ** 29) * 2 ** random(40)
  if (pick === 4) return random(1000) / 7
  if (pick === 5) return new Uint8Array([0, 31, 32, 64, 65][random(5)] ?? 0)
  if (pick === 6) return BigInt(random(2 ** 30)) * 2n ** BigInt(random(34))
  if (pick === 7) return WORDS[random(WORDS.length)]
  if (pick === 8) return Array.from({ length: random(5) }, () => randomValue(random, depth + 1))
  const keys = Array.from({ length: random(5) }, () => WORDS[random(WORDS.length)] ?? '')
  return Object.fromEntries(keys.map((name) => [name, randomValue(random, depth + 1)]))
}

/** The value with one part of it, at any depth, replaced. */
function mutated(value: unknown, random: Random): unknown {
  if (random(4) === 0) return randomValue(random)
  if (Array.isArray(value) && value.length > 0) {
    const place = random(value.length)
    return value.map((entry, index) => (index === place ? mutated(entry, random) : entry))
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return randomValue(random)
  const entries = Object.entries(value)
  const place = random(entries.length)
  return Object.fromEntries(
    entries.map(([name, entry], i) => [name, i === place ? mutated(entry, random) : entry]),
  )
}

/** Runs a parser; anything but a value or a `Failure` ends the test. Returns whether it was refused. */
function isRefused(parse: () => unknown): boolean {
  try {
    parse()
    return false
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    expect(error.message).not.toBe('')
    return true
  }
}

const manifest = parseManifest(vectors.manifests[1].json)
const opening = testOpening({ publisher: account })
const signed = signAnnouncement(
  {
    chainId: 31337,
    genesis: `0x${'01'.repeat(32)}`,
    jobId: jobIdOf(opening, { chainId: 31337, escrow: account }),
    escrow: account,
    opening,
    price: toWei(1n),
    peer: 'peer',
    addresses: ['/ip4/127.0.0.1'],
    name: 'name',
    isWithdrawn: false,
    issuedAt: 0,
    expiresAt: 60,
  },
  key,
)
const hello = packHello(
  { payee: account, ask: toWei(1n), executors: ['wasm'], cpuWorkers: 1, chains: [] },
  key,
)
const ids = { jobId: new Uint8Array(32) }
const results = {
  ...ids,
  payee: account,
  units: [1],
  digests: new Uint8Array(32),
  signature: new Uint8Array(65),
}
const statement = {
  ...ids,
  epoch: 0,
  seq: 1,
  isLast: true,
  depth: 1,
  total: '5',
  units: 1,
  root: new Uint8Array(32),
  dataHash: new Uint8Array(32),
  signature: new Uint8Array(65),
}
const leafList = {
  leaves: [0, 1, 2].map((index) => ({ account, amount: toWei(1n), earned: toWei(2n), index })),
  verdicts: `0x${'05'.repeat(32)}`,
} as const
const leaf = { account, amount: '1', earned: '2', index: 0 }
const bodies: unknown[] = [
  {},
  { jobs: [ids.jobId] },
  ids,
  { ...ids, executor: 'wasm', frames: 1 },
  { ...ids, lease: 1, executor: 'wasm', units: [1], ttlMs: 5 },
  { ...ids, executor: 'wasm', why: 'others' },
  { lease: 1, results, outputs: [new Uint8Array(1)], failed: [], elapsedMs: 1 },
  { ...ids, leases: [1] },
  { ...ids, units: [1], digests: new Uint8Array(32), own: 0 },
  { ...ids, unit: 1, evidence: [results] },
  { statement, leaf, proof: new Uint8Array(44), opening: packOpening(opening) },
  { why: 'x' },
  { ...ids, why: 'x' },
]
const money = { token: account, maxFee: '1', minOut: '2' }
const cashout = { account, to: account, ...money, nonce: new Uint8Array(32), deadline: 9 }
const leaves = [{ ...ids, epoch: 3, leaf, proof: new Uint8Array(44) }]
const call = { kind: 'cashout', cashouts: [{ cashout, signature: new Uint8Array(65), leaves }] }
const network = {
  chainId: 1,
  genesis: `0x${'ab'.repeat(32)}`,
  escrow: account,
  rpc: '/rpc',
  relays: ['/ip4'],
  iceServers: [],
  currency: 'ETH',
  isTest: true,
}

describe('values that are almost right, or not at all', () => {
  const parsers: [string, unknown, (value: unknown) => unknown][] = [
    ['manifest', vectors.manifests[1].json, parseManifest],
    ['announcement', packAnnouncement(signed), parseAnnouncement],
    ['statement', statement, parseStatement],
    ['leaf', leaf, parseLeaf],
    ['opening', packOpening(opening), parseOpening],
    ['relayed call', call, parseCall],
    ['results', results, parseResults],
    ['hello', hello, (value) => parseHello(value, account)],
    ['network', network, parseNetwork],
    ['CID', cidOf(new Uint8Array(2)), (value) => readCid(value, 'cid')],
    ['amount', '1000', (value) => readWei(value, 'wei')],
    ['expression', '$i*(2+1)', (value) => compileExpression(value, 'e', ['i'])({ i: 3 })],
    ...bodies.map((body, i): [string, unknown, (value: unknown) => unknown] => [
      `message ${i + 1}`,
      body,
      (value) => parseMessage({ type: i + 1, request: 0, body: value }),
    ]),
  ]
  test.each(parsers)('%s', (name, good, parse) => {
    const random = randomly(1)
    let refused = 0
    for (let i = 0; i < rounds / 5; i += 1) {
      if (isRefused(() => parse(randomValue(random)))) refused += 1
      if (isRefused(() => parse(mutated(good, random)))) refused += 1
    }
    if (name !== 'message 1') expect(refused).toBeGreaterThan(rounds / 10)
  })
})

describe('bytes that are almost right, or not at all', () => {
  const readers: [string, Uint8Array, (bytes: Uint8Array) => unknown][] = [
    ['CBOR', encodeCbor(vectors.manifests[1].json), (bytes) => decodeCbor(bytes)],
    ['canonical CBOR', encodeCbor(vectors.manifests[1].json), (bytes) => decodeExact(bytes)],
    ['manifest', encodeManifest(manifest), decodeManifest],
    ['frames', concat(bodies.map((body, i) => encodeFrame({ type: i + 1, request: 0, body }))), readFrames],
    ['leaf list', packLeafList(leafList), parseLeafList],
    ['proof', fromHex(vectors.trees[6].proofs[5]), checkSixth],
  ]
  test.each(readers)('%s', (_, good, read) => {
    const random = randomly(2)
    let refused = 0
    for (let i = 0; i < rounds; i += 1) {
      if (isRefused(() => read(randomBytes(random)))) refused += 1
      if (isRefused(() => read(damaged(good, random)))) refused += 1
    }
    expect(refused).toBeGreaterThan(rounds / 2)
  })
})

test('random text is never run as an expression', () => {
  const random = randomly(3)
  const parts = [
    '$i',
    '$j',
    '1',
    '0',
    '(',
    ')',
    '+',
    '-',
    '*',
    '/',
    '%',
    ',',
    'ceil',
    'min',
    'max',
    ' ',
    '.',
    'x',
    '`',
    '=>',
  ]
  let values = 0
  for (let i = 0; i < rounds * 4; i += 1) {
    const text = Array.from({ length: 1 + random(7) }, () => parts[random(parts.length)]).join('')
    const isBad = isRefused(() =>
      expect(compileExpression(text, 'e', ['i'])({ i: 3 })).toSatisfy(Number.isSafeInteger),
    )
    if (!isBad) values += 1
  }
  expect(values).toBeGreaterThan(100)
})

function readFrames(bytes: Uint8Array): void {
  for (const frame of new FrameReader().push(bytes)) parseMessage(frame)
}

function checkSixth(proof: Uint8Array): void {
  const tree = vectors.trees[6]
  const sixth = parseLeaf({
    account: tree.accounts[5],
    amount: tree.amounts[5],
    earned: tree.earned[5],
    index: 5,
  })
  checkProof(sixth, proof, { root: tree.root, total: toWei(BigInt(tree.total)), depth: tree.depth })
}
