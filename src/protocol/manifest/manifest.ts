import { decodeExact, encodeCbor } from '../cbor.ts'
import type { Cid } from '../cid.ts'
import { cidOf, readCid } from '../cid.ts'
import { Failure, malformed } from '../failure.ts'
import { at, readInteger, readList, readRecord, readText, readWord, refuseLater } from '../read.ts'
import type { Outputs } from './outputs.ts'
import { parseOutputs } from './outputs.ts'
import type { Param } from './param.ts'
import { parseParam, readName, requireUnique } from './param.ts'
import type { Price } from './price.ts'
import { parsePrice } from './price.ts'
import type { Program } from './program.ts'
import { parseProgram } from './program.ts'
import type { Scope } from './recipe.ts'
import type { Reduce } from './reduce.ts'
import { parseReduce } from './reduce.ts'
import type { Units } from './units.ts'
import { countUnits, parseUnits, unitNames } from './units.ts'
import { checkSources } from './wasi-setting.ts'
import type { WasmProgram } from './wasm-program.ts'

/** Who made the job and what for; shown to visitors before anything runs. */
export type App = {
  readonly name: string
  readonly version: string
  readonly licence: string
  readonly author: string
  readonly purpose: string
}
export type Input = { readonly name: string; readonly cid: Cid; readonly bytes: number }
/** `fuel`: WASM instructions a unit; `loopBound`: iterations of one WGSL loop; `timeMs`: wall clock a unit; `outputBytes`: a unit. */
export type Limits = {
  readonly fuel: number
  /** What an instruction costs, by the version of the rule; `COST_MODEL` without it. */
  readonly costModel?: number
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
  /** How often all units run, each time on the result of the time before; absent for once. */
  readonly rounds?: number
  readonly outputs: Outputs
  readonly reduce: Reduce
  readonly view: 'image' | 'text' | 'none'
  readonly limits: Limits
  readonly verify: Verify
  readonly price: Price
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
/** The newest version of the rule by which fuel is counted. A change of what any instruction costs is a new version. */
const COST_MODEL = 1
/** The most bytes one input may have. */
export const MAX_INPUT_BYTES = 64 * 1024 * 1024
/** The most rounds a job may have. */
export const MAX_ROUNDS = 1000
/** The largest manifest in its canonical bytes. */
export const MAX_MANIFEST_BYTES = 256 * 1024

/**
 * Reads a manifest from JSON or decoded CBOR; what is left out gets its default. Throws `malformed` or `unsupported`,
 * always with the path of the field.
 */
export function parseManifest(value: unknown): Manifest {
  const record = readRecord(value, '', FIELDS)
  if (record.weft !== 1) throw malformed('weft', 'format version 1', record.weft)
  refuseLater(record, '', ['splits'])
  const units = parseUnits(record.units, 'units')
  const params = readList(record.params ?? [], 'params', { max: 64, read: parseParam })
  const inputs = readList(record.inputs ?? [], 'inputs', { max: 16, read: parseInput })
  const rounds = readInteger(record.rounds ?? 1, 'rounds', [1, MAX_ROUNDS])
  const repeated = rounds === 1 ? {} : { rounds }
  const scope = scopeOf(units, { params, inputs, ...repeated })
  const programs = readList(record.programs, 'programs', {
    max: 3,
    read: (entry, path) => parseProgram(entry, path, scope),
  })
  const outputs = parseOutputs(record.outputs, 'outputs', scope.names)
  const limits = parseLimits(record.limits ?? {}, 'limits')
  checkTwins(programs)
  checkBuffers(programs, outputs)
  const reduce = parseReduce(record.reduce ?? { kind: 'concat' }, 'reduce', scope.names)
  if (reduce.kind === 'image' && (outputs.length > 1 || outputs[0].upTo === true))
    throw malformed('reduce.kind', '"concat" where a unit has several outputs, or one without a fixed size')
  return {
    weft: 1,
    app: parseApp(record.app, 'app'),
    programs,
    params,
    inputs,
    units,
    ...repeated,
    outputs,
    reduce,
    view: readWord(record.view ?? 'none', 'view', {
      words: ['image', 'text', 'none'] as const,
      later: ['plot', 'table'],
    }),
    limits,
    verify: parseVerify(record.verify ?? {}, 'verify'),
    price: parsePrice(record.price, 'price', { programs, fuel: limits.fuel }),
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

/** The names that a manifest's expressions may use: integer parameters, what units bind, `unitCount`, and `round` where there are several. */
export function scopeOf(
  units: Units,
  { params, inputs, rounds }: { params: readonly Param[]; inputs: readonly Input[]; rounds?: number },
): Scope {
  requireUnique(inputs, 'inputs')
  requireUnique(params, 'params')
  const integers = params.filter((param) => param.type !== 'f32').map((param) => param.name)
  const repeated = rounds === undefined ? [] : ['round']
  const names = [...integers, ...unitNames(units), 'unitCount', ...repeated]
  const clash = names.find((name, index) => names.indexOf(name) !== index)
  if (clash !== undefined)
    throw malformed('params', 'names that are told apart from each other and from the units', clash)
  const files = inputs.map((input) => input.name)
  const previous = rounds === undefined ? [] : files
  const fixed = [...integers, 'unitCount']
  return { names, fixed, inputs: files, previous, params: params.map((param) => param.name) }
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

function checkTwins(programs: readonly Program[]): void {
  if (programs.length === 0) throw malformed('programs', 'one to three programs')
  programs.forEach((program, index) => {
    const other = programs.slice(0, index).find(({ kind }) => kind === program.kind)
    if (other === undefined) return
    const [a, b] = [variantOf(other), variantOf(program)]
    if (a === undefined && b === undefined)
      throw malformed(at(at('programs', index), 'kind'), 'a twin of the other kind', program.kind)
    if (a === undefined || b === undefined || a === b)
      throw malformed(at(at('programs', index), 'variant'), 'two WGSL programs of different variants', b)
  })
}

function variantOf(program: Program): string | undefined {
  return program.kind === 'wgsl' ? program.variant : undefined
}

/** A WGSL program has a storage buffer for each output, and gives all of it. */
function checkBuffers(programs: readonly Program[], outputs: Outputs): void {
  programs.forEach((program, index) => {
    if (program.kind === 'wasm') {
      checkWasm(program, outputs, at(at('programs', index), 'wasm'))
      return
    }
    const path = at(at('programs', index), 'buffers')
    for (const [place, { name, upTo }] of outputs.entries()) {
      if (upTo) throw malformed(at(at('outputs', place), 'upTo'), 'an exact size beside a WGSL program')
      const buffer = program.buffers.find((entry) => entry.name === name)
      if (buffer?.usage !== 'storage' || buffer.scope !== 'unit')
        throw malformed(path, `a storage buffer named "${name}" of scope "unit" for the output`)
    }
  })
}

function checkWasm({ wasm }: WasmProgram, outputs: Outputs, path: string): void {
  if (wasm.abi === 'wasi-preview1') checkSources(wasm, outputs, path)
}

function parseLimits(value: unknown, path: string): Limits {
  const record = readRecord(value, path, ['fuel', 'costModel', 'loopBound', 'timeMs', 'outputBytes'])
  return {
    fuel: readInteger(record.fuel ?? 10_000_000_000, at(path, 'fuel'), [1, 1_000_000_000_000]),
    ...readCostModel(record.costModel, at(path, 'costModel')),
    loopBound: readInteger(record.loopBound ?? 65_536, at(path, 'loopBound'), [1, 2 ** 24]),
    timeMs: readInteger(record.timeMs ?? 30_000, at(path, 'timeMs'), [10, 600_000]),
    outputBytes: readInteger(record.outputBytes ?? 1_048_576, at(path, 'outputBytes'), [1, 4_194_304]),
  }
}

function readCostModel(value: unknown, path: string): { costModel?: number } {
  if (value === undefined) return {}
  const costModel = readInteger(value, path, [1, 1_000])
  if (costModel > COST_MODEL) throw new Failure('unsupported', `${path}: ${costModel} is not supported yet`)
  return { costModel }
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
