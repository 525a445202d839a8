import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { encodeCbor } from '../cbor.ts'
import { cidOf } from '../cid.ts'
import { Failure } from '../failure.ts'
import {
  decodeManifest,
  encodeManifest,
  MAX_INPUT_BYTES,
  MAX_MANIFEST_BYTES,
  manifestCid,
  parseManifest,
  unitCount,
} from './manifest.ts'
import { replicaPrice } from './price.ts'

type Plain = Record<string, unknown>
const vectors = JSON.parse(readFileSync(new URL('../vectors.json', import.meta.url), 'utf8'))
const [smallest, full]: Plain[] = vectors.manifests.map(({ json }: { json: Plain }) => json)
if (smallest === undefined || full === undefined) throw new Error('vectors.json holds no manifests')
const withField = (field: string, value: unknown): Plain => ({ ...full, [field]: value })

/** The same value with the keys of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, entry]) => [key, reversed(entry)])
      .toReversed(),
  )
}

describe('a manifest has one name', () => {
  test.each([smallest, full])('whatever the order of its keys: %#', (json) => {
    const manifest = parseManifest(json)
    expect(manifestCid(parseManifest(reversed(json)))).toBe(manifestCid(manifest))
    expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest)
    expect(cidOf(encodeManifest(manifest), 'dag-cbor')).toBe(manifestCid(manifest))
  })

  test('and a program for each way of sharing numbers beside its WASM twin', () => {
    const [wgsl, wasm] = parseManifest(full).programs
    const variants = ['register', 'workgroup'].map((variant) => ({ ...wgsl, variant }))
    const manifest = parseManifest(withField('programs', [wasm, ...variants]))
    expect(manifest.programs.map((program) => program.kind === 'wgsl' && program.variant)).toEqual([
      false,
      'register',
      'workgroup',
    ])
    expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest)
  })

  test('whether defaults are written out or not', () => {
    expect(manifestCid(parseManifest(parseManifest(smallest)))).toBe(manifestCid(parseManifest(smallest)))
  })

  test('and another one when anything in it changes', () => {
    const changes = [
      withField('view', 'none'),
      withField('price', { replica: '1' }),
      withField('access', 'open'),
    ]
    const names = changes.map((json) => manifestCid(parseManifest(json)))
    expect(new Set([...names, manifestCid(parseManifest(smallest))]).size).toBe(4)
    expect(names[2]).toBe(manifestCid(parseManifest(full)))
  })
})

test('what is left out of the smallest manifest gets its default', () => {
  expect(parseManifest(smallest)).toMatchObject({
    params: [],
    inputs: [],
    reduce: { kind: 'concat' },
    view: 'none',
    limits: { fuel: 10_000_000_000, loopBound: 65_536, timeMs: 30_000, outputBytes: 1_048_576 },
    verify: { mode: 'exact-quorum', quorum: 2, replicas: 5 },
    access: 'open',
  })
})

test('price and number of units are told', () => {
  expect(replicaPrice(parseManifest(full))).toBe(250_000_000_000n)
  expect(unitCount(parseManifest(full))).toBe(32)
})

describe('only the canonical bytes are a manifest', () => {
  test.each<[string, Uint8Array]>([
    ['defaults left out', encodeCbor(smallest)],
    ['a spelling of a number that is not canonical', spelledBadly()],
    ['bytes after the end', new Uint8Array([...encodeManifest(parseManifest(full)), 0])],
    ['nothing', new Uint8Array(0)],
    ['JSON', new TextEncoder().encode(JSON.stringify(full))],
    ['too many bytes', new Uint8Array(MAX_MANIFEST_BYTES + 1)],
  ])('%s', (_, bytes) => {
    expect(() => decodeManifest(bytes)).toThrow(/^manifest: expected/)
    expect(() => decodeManifest(bytes)).toThrow(Failure)
  })

  test('an unknown field in canonical bytes is named', () => {
    const bytes = encodeCbor({ ...parseManifest(smallest), colour: 'red' })
    expect(() => decodeManifest(bytes)).toThrow('colour: unknown field')
  })

  /** `weft: 1` with its number in two bytes. */
  function spelledBadly(): Uint8Array {
    const bytes = [...encodeManifest(parseManifest(smallest))]
    const key = [0x64, ...new TextEncoder().encode('weft'), 1]
    const place = bytes.findIndex((_, i) => key.every((byte, j) => bytes[i + j] === byte))
    expect(place).toBeGreaterThan(0)
    bytes.splice(place + 5, 1, 0x18, 1)
    return new Uint8Array(bytes)
  }
})

describe('rounds', () => {
  test('one round is the same as none, and has no $round', () => {
    expect(parseManifest(withField('rounds', 1))).toEqual(parseManifest(withField('rounds', undefined)))
    const output = { name: 'pixels', type: 'u8', bytes: '$round' }
    expect(() => parseManifest(withField('outputs', [output]))).toThrow('expected a known name')
    expect(parseManifest({ ...withField('outputs', [output]), rounds: 2 })).toMatchObject({ rounds: 2 })
  })

  test('are counted by a name of their own', () => {
    const params = [{ name: 'round', type: 'u32', value: 1 }]
    expect(() => parseManifest({ ...smallest, params })).not.toThrow()
    expect(() => parseManifest({ ...smallest, params, rounds: 2 })).toThrow('params: expected names')
  })
})

test('an image has one output of a fixed size', () => {
  const output = { name: 'pixels', type: 'u8', bytes: 4096 }
  const image = (outputs: unknown[]): Plain => ({
    ...full,
    programs: [(full.programs as Plain[])[1]],
    outputs,
  })
  expect(() => parseManifest(image([output]))).not.toThrow()
  const message = 'reduce.kind: expected "concat" where a unit has several outputs'
  expect(() => parseManifest(image([output, { ...output, name: 'more' }]))).toThrow(message)
  expect(() => parseManifest(image([{ ...output, upTo: true }]))).toThrow(message)
})

describe('what is not supported yet says so, with its path', () => {
  const output = { name: 'pixels', type: 'u8', bytes: 4 }
  test.each<[string, unknown, string]>([
    ['splits', {}, 'splits: not supported yet'],
    ['view', 'plot', 'view: "plot" is not supported yet'],
    ['view', 'table', 'view: "table" is not supported yet'],
    ['access', 'invite', 'access: "invite" is not supported yet'],
    ['access', 'list', 'access: "list" is not supported yet'],
    ['verify', { mode: 'layered' }, 'verify.mode: "layered" is not supported yet'],
    ['verify', { mode: 'tolerance-quorum' }, 'verify.mode: "tolerance-quorum" is not supported yet'],
    ['verify', { mode: 'spot-check' }, 'verify.mode: "spot-check" is not supported yet'],
    ['verify', { mode: 'verifier' }, 'verify.mode: "verifier" is not supported yet'],
    ['verify', { mode: 'none' }, 'verify.mode: "none" is not supported yet'],
    ['outputs', [{ ...output, compare: { abs: 1 } }], 'outputs[0].compare: tolerances are not supported yet'],
    ['units', { kind: 'stream' }, 'units.kind: "stream" is not supported yet'],
    ['reduce', { kind: 'sum' }, 'reduce.kind: "sum" is not supported yet'],
    ['limits', { costModel: 2 }, 'limits.costModel: 2 is not supported yet'],
  ])('%s: %j', (field, value, message) => {
    const parse = (): unknown => parseManifest(withField(field, value))
    expect(parse).toThrow(message)
    expect(parse).toThrow(expect.objectContaining({ code: 'unsupported' }))
  })
})

describe('a bad field is refused with its path', () => {
  const app = { name: 'Bunny' }
  const output = { name: 'pixels', type: 'u8', bytes: 4 }
  const input = { name: 'palette', cid: cidOf(new Uint8Array(1)), bytes: 1 }
  const param = { name: 'side', type: 'u32', value: 1 }
  const [wgsl, wasm] = full.programs as Plain[]
  test.each<[string, unknown, string]>([
    ['colour', 'red', 'colour: unknown field'],
    ['weft', 2, 'weft: expected format version 1, found 2'],
    ['app', undefined, 'app: expected an object'],
    ['app', {}, 'app.name: expected a name'],
    ['app', { ...app, name: 'x'.repeat(61) }, 'app.name: expected at most 60'],
    ['app', { ...app, version: 1 }, 'app.version: expected text'],
    ['app', { ...app, purpose: 'x'.repeat(301) }, 'app.purpose: expected at most 300'],
    ['app', { ...app, url: 'x' }, 'app.url: unknown field'],
    ['programs', undefined, 'programs: expected a list'],
    ['programs', [], 'programs: expected one to three programs'],
    ['programs', [wgsl, wasm, wasm, wasm], 'programs: expected at most 3'],
    ['programs', [wgsl, wasm, wasm], 'programs[2].kind: expected a twin of the other kind'],
    ['programs', [wgsl, { ...wgsl, variant: 'register' }], 'programs[1].variant: expected two WGSL programs'],
    ['programs', [{ ...wgsl, variant: 'tile' }], 'programs[0].variant: expected one of register, workgroup'],
    ['programs', [wasm, wasm], 'programs[1].kind: expected a twin of the other kind, found "wasm"'],
    ['programs', [{ ...wgsl, requires: undefined, colour: 1 }], 'programs[0].colour: unknown field'],
    ['params', {}, 'params: expected a list'],
    ['params', [param, param], 'params: expected names that are told apart, found "side"'],
    [
      'params',
      [param, { ...param, name: 'x' }],
      'params: expected names that are told apart from each other and',
    ],
    ['params', [param, { ...param, name: 'unitCount' }], 'params: expected names that are told apart'],
    [
      'params',
      [
        { ...param, type: 'f32' },
        { ...param, type: 'f32' },
      ],
      'params: expected names that are told apart',
    ],
    ['inputs', [input, input], 'inputs: expected names that are told apart, found "palette"'],
    [
      'inputs',
      [{ ...input, bytes: MAX_INPUT_BYTES + 1 }],
      'inputs[0].bytes: expected a whole number from 0 to 67108864',
    ],
    ['inputs', [{ ...input, cid: 'x' }], 'inputs[0].cid: expected a CID'],
    ['inputs', [{ ...input, url: 'x' }], 'inputs[0].url: unknown field'],
    ['inputs', Array(17).fill(input), 'inputs: expected at most 16'],
    ['units', undefined, 'units.kind: expected one of range, grid'],
    ['outputs', undefined, 'outputs: expected a list'],
    ['rounds', 0, 'rounds: expected a whole number from 1 to 1000'],
    ['outputs', [], 'outputs: expected one output'],
    ['outputs', [{ ...output, upTo: true }], 'outputs[0].upTo: expected an exact size beside a WGSL program'],
    [
      'outputs',
      [{ ...output, bytes: '$width' }],
      'outputs[0].bytes: expected a known name, one of side, shift, y, x, unitCount',
    ],
    [
      'outputs',
      [{ ...output, name: 'image' }],
      'programs[0].buffers: expected a storage buffer named "image"',
    ],
    [
      'outputs',
      [{ ...output, name: 'settings' }],
      'programs[0].buffers: expected a storage buffer named "settings"',
    ],
    [
      'outputs',
      [{ ...output, type: 'text' }],
      'outputs[0].type: expected one of u8, u32, i32, f16, f32, f64',
    ],
    ['outputs', [{ ...output, compare: 'near' }], 'outputs[0].compare: expected one of exact'],
    ['reduce', { kind: 'image', x: 0, y: 0 }, 'reduce.format: expected one of rgba8, radiance'],
    ['view', 'film', 'view: expected one of image, text, none'],
    ['limits', { fuel: 0 }, 'limits.fuel: expected a whole number from 1'],
    ['limits', { loopBound: 2 ** 25 }, 'limits.loopBound: expected a whole number from 1 to 16777216'],
    ['limits', { timeMs: 1 }, 'limits.timeMs: expected a whole number from 10 to 600000'],
    ['limits', { outputBytes: 5_000_000 }, 'limits.outputBytes: expected a whole number from 1 to 4194304'],
    ['limits', { watts: 5 }, 'limits.watts: unknown field'],
    ['limits', { costModel: 0 }, 'limits.costModel: expected a whole number from 1'],
    ['verify', { quorum: 1 }, 'verify.quorum: expected a whole number from 2 to 7'],
    ['verify', { quorum: 3, replicas: 2 }, 'verify.replicas: expected a whole number from 3 to 15'],
    ['verify', { mode: 'trust' }, 'verify.mode: expected one of exact-quorum'],
    ['price', undefined, 'price: expected an object'],
    ['price', { replica: 1000 }, 'price.replica: expected an amount of wei as decimal digits, found 1000'],
    ['price', { replica: '1.5' }, 'price.replica: expected an amount of wei'],
    ['price', { replica: '1', tip: '1' }, 'price.tip: unknown field'],
    ['access', 'closed', 'access: expected one of open'],
  ])('%s: %j', (field, value, message) => {
    const parse = (): unknown => parseManifest(withField(field, value))
    expect(parse).toThrow(message)
    expect(parse).toThrow(expect.objectContaining({ code: 'malformed' }))
  })

  test.each([null, 7, 'text', [], new Uint8Array(3)])('%j is no manifest', (value) => {
    expect(() => parseManifest(value)).toThrow('the whole: expected an object')
  })
})
