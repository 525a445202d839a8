import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { accountOf } from './account.ts'
import { readAddress } from './address.ts'
import type { Digest } from './bytes.ts'
import { toDigits, toHex } from './bytes.ts'
import { cidOf } from './cid.ts'
import { hashCashout } from './escrow/cashout.ts'
import type { Domain } from './escrow/domain.ts'
import { FIRST_FORCED, hashForced, hashVeto } from './escrow/forced.ts'
import { hashHelp } from './escrow/help.ts'
import type { Opening } from './escrow/opening.ts'
import { hashOpenJob, jobIdOf } from './escrow/opening.ts'
import { encodeFrame } from './frame.ts'
import { manifestCid, parseManifest } from './manifest/manifest.ts'
import type { Statement } from './statement/statement.ts'
import { hashStatement, signStatement } from './statement/statement.ts'
import type { TreeVector } from './statement/test-vectors.ts'
import { leafOf, listOf, someLeaves, someNodes, text, treeOf } from './statement/test-vectors.ts'
import { MAX_WEI, toWei } from './wei.ts'

// `vectors.json` is what this file computes. Solidity tests read the same file; UPDATE_VECTORS=1 writes it anew.
const path = new URL('vectors.json', import.meta.url)
const settler = text('the settler of the vectors')
const jobId = toHex(text('the job of the vectors'))
const domain: Domain = {
  chainId: 31337,
  escrow: readAddress('0x5fbdb2315678afecb367f032d93f642f64180aa3', 'escrow'),
}

test('vectors.json says what the code computes', () => {
  const vectors = makeVectors()
  if (process.env.UPDATE_VECTORS === '1') writeFileSync(path, `${JSON.stringify(vectors, undefined, 1)}\n`)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(vectors)
})

function makeVectors(): Record<string, unknown> {
  const trees = [1, 2, 3, 4, 5, 8, 13].map(treeOf)
  return {
    domain: { name: 'Weft', version: '1', ...domain },
    leaves: someLeaves(),
    nodes: someNodes(),
    trees,
    statements: trees.map((tree, index) => statementOf(tree, index)),
    ...orders(),
    lists: [0, 1, 5].map(listOf),
    manifests: manifests.map((json) => ({ json, cid: manifestCid(parseManifest(json)) })),
    frames: frames.map((frame) => ({ ...frame, bytes: toHex(encodeFrame(frame)) })),
  }
}

function statementOf({ depth, root, total }: TreeVector, index: number): Record<string, unknown> {
  const statement: Statement = {
    jobId,
    epoch: index,
    seq: 3 * index + 1,
    isLast: index % 2 === 1,
    depth,
    total: toWei(BigInt(total)),
    units: 10 ** index,
    root,
    dataHash: toHex(text(`data ${index}`)),
  }
  const { isLast, ...same } = statement
  return {
    ...same,
    last: isLast,
    total,
    hash: toHex(hashStatement(statement, domain)),
    signer: accountOf(settler),
    signature: toHex(signStatement(statement, domain, settler).signature),
  }
}

const opening: Opening = {
  publisher: accountOf(text('the publisher of the vectors')),
  salt: toHex(text('the salt of the vectors')),
  token: readAddress(`0x${'70'.repeat(20)}`, 'token'),
  budget: toWei(123_456_789_000_000_007n),
  bond: toWei(MAX_WEI),
  settler: accountOf(settler),
  manifest: toDigits(text('the manifest of the vectors')) as Digest,
  terms: {
    expiry: 1_800_000_000,
    postDelay: 86_400,
    challengeDelay: 172_800,
    closeDelay: 259_200,
    settlerCap: toWei(11n),
    postReserve: toWei(12n),
    postBounty: toWei(13n),
    quorumBps: 6_700,
    minSigners: 3,
    forceDelay: 345_600,
    forceCap: toWei(14n),
  },
}

/** One of each other thing that is hashed or signed for the escrow, in its fields' order. */
function orders(): Record<string, unknown> {
  const [account, to, root] = [leafOf(1).account, leafOf(2).account, toHex(text('a forced root'))]
  const forced = {
    jobId,
    epoch: FIRST_FORCED + 2,
    depth: 5,
    total: toWei(99n),
    root,
    dataHash: toHex(text('data')),
  }
  const veto = { jobId, epoch: FIRST_FORCED + 2, root }
  const fees = { maxFee: toWei(21n), minOut: toWei(22n) }
  const cashout = {
    account,
    to,
    token: opening.token,
    ...fees,
    nonce: 2n ** 200n + 5n,
    deadline: 1_900_000_000,
  }
  const help = { jobId, account, earned: toWei(31n), helper: to, fee: toWei(32n) }
  const [contact, deadline] = [new Uint8Array([1, 2, 3]), 1_900_000_000]
  const plainOpening = plain({ ...opening, manifest: `0x${opening.manifest}`, terms: plain(opening.terms) })
  const digest = (bytes: Uint8Array) => ({ digest: toHex(bytes) })
  return {
    jobId: { ...plainOpening, digest: jobIdOf(opening, domain) },
    openJob: {
      ...plainOpening,
      contact: toHex(contact),
      deadline,
      ...digest(hashOpenJob({ opening, contact, deadline }, domain)),
    },
    forced: { ...plain(forced), ...digest(hashForced(forced, domain)) },
    veto: { ...plain(veto), ...digest(hashVeto(veto, domain)) },
    cashout: { ...plain(cashout), ...digest(hashCashout(cashout, domain)) },
    help: { ...plain(help), ...digest(hashHelp(help, domain)) },
  }
}

/** Amounts as decimal digits, for JSON. */
function plain(fields: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(fields)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'bigint' ? `${value}` : value]),
  )
}

const frames = [
  { type: 1, request: 0, body: null },
  { type: 4, request: 7, body: { frames: 3, executor: 'wasm' } },
  { type: 255, request: 2 ** 32 - 1, body: ['', 0, -1, 1.5, 2 ** 53 - 1, true, { bb: 1, a: 2, c: [] }] },
] as const

const code = (name: string): Record<string, unknown> => ({ cid: cidOf(text(name)), bytes: 32 })
const manifests = [
  {
    price: { replica: '1000' },
    outputs: [{ bytes: 4, type: 'u32', name: 'square' }],
    units: { to: 10, kind: 'range' },
    programs: [{ wasm: { stdin: [{ u32: ['$i'] }], abi: 'kernel1' }, code: code('smallest'), kind: 'wasm' }],
    app: { name: 'The smallest manifest' },
    weft: 1,
  },
  {
    weft: 1,
    app: {
      name: 'Twins',
      version: '1.2.3',
      licence: 'Apache-2.0',
      author: 'Émilie',
      purpose: 'Every field that is supported, written out.',
    },
    programs: [
      {
        kind: 'wgsl',
        code: code('twin one'),
        buffers: [
          {
            name: 'settings',
            usage: 'uniform',
            scope: 'unit',
            bytes: 16,
            init: [{ param: 'zoom' }, { param: 'shift' }, { i32: ['-$x', '$y - 1'] }],
          },
          { name: 'pixels', bytes: '4 * $side * $side' },
        ],
        passes: [
          {
            entry: 'main',
            bindings: [['settings', 'pixels']],
            dispatch: ['ceil($side/8)', 'ceil($side/8)'],
            overrides: { detail: 2, bias: 0.5 },
          },
        ],
      },
      {
        kind: 'wasm',
        code: code('twin two'),
        wasm: {
          abi: 'kernel1',
          stdin: [{ u32: ['$x', '$y', '$unitCount'] }, { input: 'palette' }],
          memoryPages: 32,
        },
      },
    ],
    params: [
      { name: 'side', type: 'u32', value: 32, label: 'Side of a tile', range: [8, 64], unit: 'px' },
      { name: 'zoom', type: 'f32', value: 0.1 },
      { name: 'shift', type: 'i32', value: -5 },
    ],
    inputs: [{ name: 'palette', ...code('palette') }],
    units: {
      kind: 'grid',
      axes: [
        { name: 'y', count: 4 },
        { name: 'x', count: 8 },
      ],
    },
    rounds: 1,
    outputs: [{ name: 'pixels', type: 'u8', bytes: '4 * $side * $side', compare: 'exact' }],
    reduce: { kind: 'image', format: 'rgba8', width: 256, height: 128, tile: 32, x: '$x', y: '$y' },
    view: 'image',
    limits: { fuel: 1_000_000, loopBound: 1000, timeMs: 5000, outputBytes: 4096 },
    verify: { mode: 'exact-quorum', quorum: 3, replicas: 9 },
    price: { replica: '250000000000' },
    access: 'open',
  },
]
