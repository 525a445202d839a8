import type { FailureCode } from '../protocol/failure.ts'
import { malformed, reason } from '../protocol/failure.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { MAX_INPUT_BYTES, MAX_ROUNDS, parseManifest } from '../protocol/manifest/manifest.ts'
import { MAX_CODE_BYTES } from '../protocol/manifest/program.ts'
import { MAX_UNITS } from '../protocol/manifest/units.ts'
import {
  at,
  readBoolean,
  readBytes,
  readInteger,
  readList,
  readNumber,
  readRecord,
  readText,
  readWord,
} from '../protocol/read.ts'
import type { Executor, Round } from './executor.ts'
import { codeOf } from './failure-code.ts'

/** A kernel as it crosses into the sandbox. */
export type KernelParts = {
  readonly executor: Executor
  readonly manifest: Manifest
  readonly code: Uint8Array
  readonly inputs: ReadonlyMap<string, Uint8Array>
}

/** What the page says to a worker. `round` holds for all runs of the kernel after it. `isCareful` asks for the result of each unit before the next begins. */
export type ToWorker =
  | ({ readonly kind: 'load'; readonly kernel: number } & KernelParts)
  | { readonly kind: 'unload'; readonly kernel: number }
  | ({ readonly kind: 'round'; readonly kernel: number } & Round)
  | {
      readonly kind: 'run'
      readonly run: number
      readonly kernel: number
      readonly units: readonly number[]
      readonly isCareful: boolean
    }

/** The adapter that WebGPU runs on. A fall-back adapter is software. */
export type Gpu = {
  readonly vendor: string
  readonly architecture: string
  readonly isFallbackAdapter: boolean
}

/** What a worker says of one unit. */
export type UnitReport =
  | {
      readonly kind: 'done'
      readonly unit: number
      readonly output: Uint8Array<ArrayBuffer>
      readonly elapsedMs: number
      readonly fuel?: number
    }
  | { readonly kind: 'failed'; readonly unit: number; readonly code: FailureCode; readonly message: string }

/**
 * What a worker says to the page. `hasGpu`: WebGPU is there at all; `gpu`: it gave a device; `isSilent`: it did not answer. `paused`: of
 * the units of a run it reports so many, at least one, and begins no more. `lost`: the device went away.
 */
export type FromWorker =
  | { readonly kind: 'ready'; readonly hasGpu: boolean; readonly isSilent: boolean; readonly gpu?: Gpu }
  | { readonly kind: 'loaded'; readonly kernel: number }
  | {
      readonly kind: 'refused'
      readonly kernel: number
      readonly code: FailureCode
      readonly message: string
    }
  | { readonly kind: 'results'; readonly run: number; readonly reports: readonly UnitReport[] }
  | { readonly kind: 'paused'; readonly run: number; readonly units: number }
  | { readonly kind: 'lost'; readonly message: string }

/** One end of the line between a page and a worker: a `MessagePort` in a browser, a thread in Node. */
export type Port = {
  onmessage: ((event: MessageEvent) => unknown) | null
  postMessage(message: unknown, transfer: ArrayBuffer[]): void
  close(): void
}

/** What a worker is for. */
export type Role = 'cpu' | 'gpu'
/** What the page says to the frame; `spawn` comes with the port of the worker. */
export type ToFrame =
  | { readonly kind: 'spawn'; readonly worker: number; readonly role: Role }
  | { readonly kind: 'kill'; readonly worker: number }
/** How kernels are run: what the frame found out about its browser. */
export type Mode = 'data worker' | 'blob worker' | 'frame main thread' | 'WASM only'
/** What the frame says: it is there, and still looks; it knows what works (`isSilent`: the GPU does not answer); nothing does; a worker failed; a worker says what is large. */
export type FromFrame =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly mode: Mode; readonly gpu?: Gpu; readonly isSilent?: boolean }
  | { readonly kind: 'broken'; readonly message: string }
  | { readonly kind: 'crashed'; readonly worker: number; readonly message: string }
  | { readonly kind: 'passed'; readonly worker: number; readonly message: unknown }

const ID = [0, Number.MAX_SAFE_INTEGER] as const
const MAX_FRAME_UNITS = 65_536
/** The reduced output of a round is held to the limit of an input. */
const MAX_PREVIOUS_BYTES = MAX_INPUT_BYTES
/** The largest output that any manifest may allow. */
const MAX_OUTPUT_BYTES = 4_194_304
const CODES = [
  ...(['malformed', 'unsupported', 'refused', 'timeout', 'compile'] as const),
  ...(['trap', 'fuel', 'memory', 'oversized', 'device-lost', 'wedged'] as const),
]
const MODES = ['data worker', 'blob worker', 'frame main thread', 'WASM only'] as const

type Fields = Record<string, unknown>
type Readers<M extends { kind: string }> = { [K in M['kind']]: (value: unknown) => M & { kind: K } }

/** Reads what the page says to a worker. Throws `malformed`. */
export function parseToWorker(value: unknown): ToWorker {
  return parse<ToWorker>(value, {
    load: (message) => {
      const load = fields(message, ['kernel', 'executor', 'manifest', 'code', 'inputs'])
      return {
        kind: 'load',
        kernel: readInteger(load.kernel, 'kernel', ID),
        executor: readWord(load.executor, 'executor', { words: ['wasm', 'wgsl'] as const }),
        manifest: parseManifest(load.manifest),
        code: readBytes(load.code, 'code', [0, MAX_CODE_BYTES.wasm]),
        inputs: readInputs(load.inputs),
      }
    },
    unload: (message) => ({ kind: 'unload', kernel: readKernel(message) }),
    round: (message) => {
      const { kernel, index, previous } = fields(message, ['kernel', 'index', 'previous'])
      return {
        kind: 'round',
        kernel: readInteger(kernel, 'kernel', ID),
        index: readInteger(index, 'index', [0, MAX_ROUNDS - 1]),
        previous: readBytes(previous, 'previous', [0, MAX_PREVIOUS_BYTES]),
      }
    },
    run: (message) => {
      const { run, kernel, units, isCareful } = fields(message, ['run', 'kernel', 'units', 'isCareful'])
      return {
        kind: 'run',
        run: readInteger(run, 'run', ID),
        kernel: readInteger(kernel, 'kernel', ID),
        units: readList(units, 'units', { max: MAX_FRAME_UNITS, read: readUnit }),
        isCareful: readBoolean(isCareful, 'isCareful'),
      }
    },
  })
}

/** Reads what a worker says. It may have fallen to its kernel, so nothing is taken on trust. Throws `malformed`. */
export function parseFromWorker(value: unknown): FromWorker {
  return parse<FromWorker>(value, {
    ready: (message) => {
      const { hasGpu, isSilent, gpu } = fields(message, ['hasGpu', 'isSilent', 'gpu'])
      return {
        kind: 'ready',
        hasGpu: readBoolean(hasGpu, 'hasGpu'),
        isSilent: readBoolean(isSilent, 'isSilent'),
        ...readGpu(gpu),
      }
    },
    loaded: (message) => ({ kind: 'loaded', kernel: readKernel(message) }),
    refused: (message) => {
      const { kernel, code, message: text } = fields(message, ['kernel', 'code', 'message'])
      return { kind: 'refused', kernel: readInteger(kernel, 'kernel', ID), ...readCause(code, text) }
    },
    results: (message) => {
      const { run, reports } = fields(message, ['run', 'reports'])
      const read = readList(reports, 'reports', { max: MAX_FRAME_UNITS, read: readReport })
      if (read.length === 0) throw malformed('reports', 'at least one', reports)
      return { kind: 'results', run: readInteger(run, 'run', ID), reports: read }
    },
    paused: (message) => {
      const { run, units } = fields(message, ['run', 'units'])
      const count = readInteger(units, 'units', [1, MAX_FRAME_UNITS])
      return { kind: 'paused', run: readInteger(run, 'run', ID), units: count }
    },
    lost: (message) => ({ kind: 'lost', message: readMessage(fields(message, ['message']).message) }),
  })
}

/** Reads what the page says to the frame. Throws `malformed`. */
export function parseToFrame(value: unknown): ToFrame {
  const worker = (message: unknown): number => readInteger((message as Fields).worker, 'worker', ID)
  return parse<ToFrame>(value, {
    spawn: (message) => {
      const { role } = fields(message, ['worker', 'role'])
      return {
        kind: 'spawn',
        worker: worker(message),
        role: readWord(role, 'role', { words: ['cpu', 'gpu'] as const }),
      }
    },
    kill: (message) => ({ kind: 'kill', worker: worker(message) }),
  })
}

/** Reads what the frame says. Throws `malformed`. */
export function parseFromFrame(value: unknown): FromFrame {
  return parse<FromFrame>(value, {
    opening: () => ({ kind: 'opening' }),
    open: (message) => {
      const { mode, gpu, isSilent } = fields(message, ['mode', 'gpu', 'isSilent'])
      const open = { kind: 'open' as const, mode: readWord(mode, 'mode', { words: MODES }), ...readGpu(gpu) }
      return isSilent === undefined ? open : { ...open, isSilent: readBoolean(isSilent, 'isSilent') }
    },
    broken: (message) => ({ kind: 'broken', message: readMessage(fields(message, ['message']).message) }),
    crashed: (message) => {
      const { worker, message: text } = fields(message, ['worker', 'message'])
      return { kind: 'crashed', worker: readInteger(worker, 'worker', ID), message: readMessage(text) }
    },
    passed: (message) => {
      const { worker, message: told } = fields(message, ['worker', 'message'])
      return { kind: 'passed', worker: readInteger(worker, 'worker', ID), message: told }
    },
  })
}

/** Says what went wrong in plain values, for the way out of a worker. */
export function causeOf(error: unknown): { code: FailureCode; message: string } {
  return { code: codeOf(error), message: reason(error) }
}

function parse<M extends { kind: string }>(value: unknown, readers: Readers<M>): M {
  const kind = (value as { kind?: unknown } | null | undefined)?.kind
  if (typeof kind !== 'string' || !Object.hasOwn(readers, kind))
    throw malformed('kind', 'a known message', kind)
  return readers[kind as M['kind']](value)
}

function fields(message: unknown, names: readonly string[]): Fields {
  return readRecord(message, '', ['kind', ...names])
}

function readKernel(message: unknown): number {
  return readInteger(fields(message, ['kernel']).kernel, 'kernel', ID)
}

function readUnit(value: unknown, path: string): number {
  return readInteger(value, path, [0, MAX_UNITS])
}

function readInputs(value: unknown): ReadonlyMap<string, Uint8Array> {
  if (!(value instanceof Map)) throw malformed('inputs', 'a map', value)
  return new Map(
    [...value].map(([name, bytes]) => [
      readText(name, 'inputs', 40),
      readBytes(bytes, at('inputs', String(name)), [0, MAX_INPUT_BYTES]),
    ]),
  )
}

function readReport(value: unknown, path: string): UnitReport {
  const record = readRecord(value, path, ['kind', 'unit', 'output', 'elapsedMs', 'fuel', 'code', 'message'])
  const unit = readUnit(record.unit, at(path, 'unit'))
  if (record.kind === 'failed') return { kind: 'failed', unit, ...readCause(record.code, record.message) }
  if (record.kind !== 'done') throw malformed(at(path, 'kind'), 'done or failed', record.kind)
  const done = {
    kind: 'done' as const,
    unit,
    output: readWhole(record.output, at(path, 'output')),
    elapsedMs: Math.max(0, readNumber(record.elapsedMs, at(path, 'elapsedMs'))),
  }
  return record.fuel === undefined ? done : { ...done, fuel: readInteger(record.fuel, at(path, 'fuel'), ID) }
}

/** Reads bytes that are all of their buffer: to cut them out would cost memory each time, and reports may share one buffer. */
function readWhole(value: unknown, path: string): Uint8Array<ArrayBuffer> {
  const { buffer, length } = readBytes(value, path, [0, MAX_OUTPUT_BYTES])
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== length)
    throw malformed(path, 'all bytes of its buffer', `${length} of ${buffer.byteLength}`)
  return new Uint8Array(buffer)
}

function readGpu(value: unknown): { gpu?: Gpu } {
  if (value === undefined) return {}
  const { vendor, architecture, isFallbackAdapter } = readRecord(value, 'gpu', [
    'vendor',
    'architecture',
    'isFallbackAdapter',
  ])
  return {
    gpu: {
      vendor: readText(vendor, 'gpu.vendor'),
      architecture: readText(architecture, 'gpu.architecture'),
      isFallbackAdapter: readBoolean(isFallbackAdapter, 'gpu.isFallbackAdapter'),
    },
  }
}

function readCause(code: unknown, message: unknown): { code: FailureCode; message: string } {
  return { code: readWord(code, 'code', { words: CODES }), message: readMessage(message) }
}

function readMessage(value: unknown): string {
  if (typeof value !== 'string') throw malformed('message', 'text', value)
  return value.slice(0, 2000)
}
