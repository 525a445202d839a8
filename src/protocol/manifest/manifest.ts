import { decodeExact, encodeCbor } from '../cbor.ts'
import type { Cid } from '../cid.ts'
import { cidOf, readCid } from '../cid.ts'
import { Failure, malformed } from '../failure.ts'
import { at, readInteger, readList, readRecord, readText, readWord, refuseLater } from '../read.ts'
import type { Wei } from '../wei.ts'
import { readWei } from '../wei.ts'
import type { Expression } from './expression.ts'
import { compileExpression } from './expression.ts'
import type { Param } from './param.ts'
import { parseParam, readName, requireUnique } from './param.ts'
import type { Program, Scope } from './program.ts'
import { parseProgram } from './program.ts'
import type { Reduce } from './reduce.ts'
import { parseReduce } from './reduce.ts'
import type { Units } from './units.ts'
import { countUnits, parseUnits, unitNames } from './units.ts'

/** Who made the job and what for; shown to visitors before anything runs. */
export type App = {
  readonly name: string
  readonly version: string
  readonly licence: string
  readonly author: string
  readonly purpose: string
}
export type Input = { readonly name: string; readonly cid: Cid; readonly bytes: number }
export type Output = {
  readonly name: string
  readonly type: 'u8' | 'u32' | 'i32' | 'f32'
  readonly bytes: Expression
  readonly compare: 'exact'
}
/** `fuel`: WASM instructions a unit; `loopBound`: iterations of one WGSL loop; `timeMs`: wall clock a unit; `outputBytes`: a unit. */
export type Limits = {
  readonly fuel: number
  readonly loopBound: number
  readonly timeMs: number
  readonly outputBytes: number
}
/** `quorum` equal results of distinct payees accept a unit; at most `replicas` are asked for. */
export type Verify = { readonly mode: 'exact-quorum'; readonly quorum: number; readonly replicas: number }

/** What a job runs. It says nothing about how the network works. */
export type Manifest = {
  readonly weft: 1
  readonly app: App
  readonly programs: readonly Program[]
  readonly params: readonly Param[]
  readonly inputs: readonly Input[]
  readonly units: Units
  readonly outputs: readonly [Output]
  readonly reduce: Reduce
  readonly view: 'image' | 'text' | 'none'
  readonly limits: Limits
  readonly verify: Verify
  /** Wei for each accepted replica, as decimal digits. */
  readonly price: { readonly replica: string }
  readonly access: 'open'
}

const FIELDS = [
  'weft',
  'app',
  'programs',
  'params',
  'inputs',
  'units',
  'rounds',
  'outputs',
  'reduce',
  'view',
  'limits',
  'verify',
  'price',
  'splits',
  'access',
]
/** The most bytes one input may have. */
export const MAX_INPUT_BYTES = 64 * 1024 * 1024
/** The largest manifest in its canonical bytes. */
export const MAX_MANIFEST_BYTES = 256 * 1024

/**
 * Reads a manifest from JSON or decoded CBOR; what is left out gets its default. Throws `malformed` or `unsupported`,
 * always with the path of the field.
 */
export function parseManifest(value: unknown): Manifest {
  const record = readRecord(value, '', FIELDS)
  if (record.weft !== 1) throw malformed('weft', 'format version 1', record.weft)
  if (record.rounds !== undefined && record.rounds !== 1)
    throw new Failure('unsupported', 'rounds: more than one round is not supported yet')
  refuseLater(record, '', ['splits'])
  const units = parseUnits(record.units, 'units')
  const params = readList(record.params ?? [], 'params', { max: 64, read: parseParam })
  const inputs = readList(record.inputs ?? [], 'inputs', { max: 16, read: parseInput })
  const scope = scopeOf(units, { params, inputs })
  const programs = readList(record.programs, 'programs', {
    max: 2,
    read: (entry, path) => parseProgram(entry, path, scope),
  })
  const outputs = parseOutputs(record.outputs, scope.names)
  checkTwins(programs, outputs[0])
  return {
    weft: 1,
    app: parseApp(record.app, 'app'),
    programs,
    params,
    inputs,
    units,
    outputs,
    reduce: parseReduce(record.reduce ?? { kind: 'concat' }, 'reduce', scope.names),
    view: readWord(record.view ?? 'none', 'view', {
      words: ['image', 'text', 'none'] as const,
      later: ['plot', 'table'],
    }),
    limits: parseLimits(record.limits ?? {}, 'limits'),
    verify: parseVerify(record.verify ?? {}, 'verify'),
    price: parsePrice(record.price, 'price'),
    access: readWord(record.access ?? 'open', 'access', {
      words: ['open'] as const,
      later: ['invite', 'list'],
    }),
  }
}

/** The canonical bytes of a manifest. */
export function encodeManifest(manifest: Manifest): Uint8Array<ArrayBuffer> {
  return encodeCbor(manifest)
}

/** Reads a manifest from its canonical bytes. Throws `malformed` for any other spelling of the same manifest. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > MAX_MANIFEST_BYTES)
    throw malformed('manifest', `at most ${MAX_MANIFEST_BYTES} bytes`, bytes)
  const manifest = parseManifest(decodeExact(bytes, 'manifest'))
  if (cidOf(encodeManifest(manifest)) !== cidOf(bytes))
    throw malformed('manifest', 'every field written out, in canonical form')
  return manifest
}

/** The name of a manifest. */
export function manifestCid(manifest: Manifest): Cid {
  return cidOf(encodeManifest(manifest), 'dag-cbor')
}

/** The price of one accepted replica. */
export function replicaPrice(manifest: Manifest): Wei {
  return readWei(manifest.price.replica, 'price.replica')
}

/** The names that a manifest's expressions may use: integer parameters, what units bind, and `unitCount`. */
export function scopeOf(
  units: Units,
  { params, inputs }: { params: readonly Param[]; inputs: readonly Input[] },
): Scope {
  requireUnique(inputs, 'inputs')
  requireUnique(params, 'params')
  const names = [
    ...params.filter((param) => param.type !== 'f32').map((param) => param.name),
    ...unitNames(units),
    'unitCount',
  ]
  const clash = names.find((name, index) => names.indexOf(name) !== index)
  if (clash !== undefined)
    throw malformed('params', 'names that are told apart from each other and from the units', clash)
  return { names, inputs: inputs.map((input) => input.name), params: params.map((param) => param.name) }
}

/** The number of units a job has. */
export function unitCount(manifest: Manifest): number {
  return countUnits(manifest.units)
}

function parseApp(value: unknown, path: string): App {
  const record = readRecord(value, path, ['name', 'version', 'licence', 'author', 'purpose'])
  const text = (field: keyof App, max: number): string => readText(record[field] ?? '', at(path, field), max)
  if (text('name', 60) === '') throw malformed(at(path, 'name'), 'a name')
  return {
    name: text('name', 60),
    version: text('version', 20),
    licence: text('licence', 40),
    author: text('author', 80),
    purpose: text('purpose', 300),
  }
}

function parseInput(value: unknown, path: string): Input {
  const record = readRecord(value, path, ['name', 'cid', 'bytes'])
  return {
    name: readName(record.name, at(path, 'name')),
    cid: readCid(record.cid, at(path, 'cid')),
    bytes: readInteger(record.bytes, at(path, 'bytes'), [0, MAX_INPUT_BYTES]),
  }
}

function parseOutputs(value: unknown, names: readonly string[]): readonly [Output] {
  const [first, ...more] = readList(value, 'outputs', {
    max: 16,
    read: (entry, path): Output => {
      const record = readRecord(entry, path, ['name', 'type', 'bytes', 'compare'])
      compileExpression(record.bytes, at(path, 'bytes'), names)
      if (typeof record.compare === 'object')
        throw new Failure('unsupported', `${at(path, 'compare')}: tolerances are not supported yet`)
      return {
        name: readName(record.name, at(path, 'name')),
        type: readWord(record.type, at(path, 'type'), {
          words: ['u8', 'u32', 'i32', 'f32'] as const,
          later: ['f64', 'f16'],
        }),
        bytes: record.bytes as Expression,
        compare: readWord(record.compare ?? 'exact', at(path, 'compare'), { words: ['exact'] as const }),
      }
    },
  })
  if (first === undefined) throw malformed('outputs', 'one output')
  if (more.length > 0) throw new Failure('unsupported', 'outputs: more than one output is not supported yet')
  return [first]
}

function checkTwins(programs: readonly Program[], output: Output): void {
  if (programs.length === 0) throw malformed('programs', 'one or two programs')
  if (programs[0]?.kind === programs[1]?.kind)
    throw malformed('programs[1].kind', 'a twin of the other kind', programs[1]?.kind)
  programs.forEach((program, index) => {
    if (program.kind !== 'wgsl') return
    const isThere = program.buffers.some(
      (buffer) => buffer.name === output.name && buffer.usage === 'storage',
    )
    if (!isThere)
      throw malformed(
        at(at('programs', index), 'buffers'),
        `a storage buffer named "${output.name}" for the output`,
      )
  })
}

function parseLimits(value: unknown, path: string): Limits {
  const record = readRecord(value, path, ['fuel', 'loopBound', 'timeMs', 'outputBytes'])
  return {
    fuel: readInteger(record.fuel ?? 10_000_000_000, at(path, 'fuel'), [1, 1_000_000_000_000]),
    loopBound: readInteger(record.loopBound ?? 65_536, at(path, 'loopBound'), [1, 2 ** 24]),
    timeMs: readInteger(record.timeMs ?? 30_000, at(path, 'timeMs'), [10, 600_000]),
    outputBytes: readInteger(record.outputBytes ?? 1_048_576, at(path, 'outputBytes'), [1, 4_194_304]),
  }
}

function parseVerify(value: unknown, path: string): Verify {
  const record = readRecord(value, path, ['mode', 'quorum', 'replicas'])
  const later = ['layered', 'tolerance-quorum', 'spot-check', 'verifier', 'none']
  const quorum = readInteger(record.quorum ?? 2, at(path, 'quorum'), [2, 7])
  return {
    mode: readWord(record.mode ?? 'exact-quorum', at(path, 'mode'), {
      words: ['exact-quorum'] as const,
      later,
    }),
    quorum,
    replicas: readInteger(record.replicas ?? 2 * quorum + 1, at(path, 'replicas'), [quorum, 15]),
  }
}

function parsePrice(value: unknown, path: string): { replica: string } {
  const record = readRecord(value, path, ['replica', 'megainstruction'])
  refuseLater(record, path, ['megainstruction'])
  return { replica: readWei(record.replica, at(path, 'replica')).toString() }
}
