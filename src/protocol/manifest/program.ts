import type { Cid } from '../cid.ts'
import { readCid } from '../cid.ts'
import { Failure, malformed } from '../failure.ts'
import {
  at,
  readInteger,
  readList,
  readNumber,
  readRecord,
  readText,
  readWord,
  refuseLater,
} from '../read.ts'
import type { Expression } from './expression.ts'
import { compileExpression } from './expression.ts'
import { requireUnique } from './param.ts'
import type { Recipe } from './recipe.ts'
import { parseRecipe } from './recipe.ts'

/** Content-addressed code: WGSL text in UTF-8, or a WASM module. */
export type Code = { readonly cid: Cid; readonly bytes: number }

/** A buffer of a WGSL program. `bytes` is its size for one unit; `init` fills it, otherwise it starts as zeros. */
export type GpuBuffer = {
  readonly name: string
  readonly usage: 'uniform' | 'storage'
  readonly scope: 'unit'
  readonly bytes: Expression
  readonly init?: Recipe
}

/** One dispatch of a WGSL entry point; `bindings[g]` names the buffers of bind group g in order. */
export type Pass = {
  readonly entry: string
  readonly bindings: readonly (readonly string[])[]
  readonly dispatch: readonly [Expression, Expression, Expression]
  readonly overrides: Readonly<Record<string, number>>
}

export type WgslProgram = {
  readonly kind: 'wgsl'
  readonly code: Code
  readonly buffers: readonly GpuBuffer[]
  readonly passes: readonly Pass[]
}

export type WasmProgram = {
  readonly kind: 'wasm'
  readonly code: Code
  /** `kernel1`: exports `memory`, `alloc(size) -> pointer` and `run(pointer, size) -> pointer << 32 | size`; no imports needed. */
  readonly wasm: { readonly abi: 'kernel1'; readonly stdin: Recipe; readonly memoryPages: number }
}

/** What a unit runs. Two programs of one manifest are twins: byte-equal outputs for the same unit. */
export type Program = WgslProgram | WasmProgram

/** The names that a program may refer to: expression names, and the names of the job's inputs. */
export type Scope = {
  readonly names: readonly string[]
  readonly inputs: readonly string[]
  readonly params: readonly string[]
}

/** The most code one program may carry. */
export const MAX_CODE_BYTES = { wgsl: 64 * 1024, wasm: 16 * 1024 * 1024 } as const

/** Reads a program of a manifest. Throws `malformed` or `unsupported` with the field's path. */
export function parseProgram(value: unknown, path: string, scope: Scope): Program {
  const kind = readWord((value as { kind?: unknown } | null)?.kind, at(path, 'kind'), {
    words: ['wgsl', 'wasm'] as const,
  })
  return kind === 'wgsl' ? parseWgsl(value, path, scope) : parseWasm(value, path, scope)
}

function parseWgsl(value: unknown, path: string, scope: Scope): WgslProgram {
  const record = readRecord(value, path, ['kind', 'code', 'requires', 'buffers', 'passes'])
  refuseLater(record, path, ['requires'])
  const buffers = readList(record.buffers, at(path, 'buffers'), {
    max: 8,
    read: (entry, place) => parseBuffer(entry, place, scope),
  })
  requireUnique(buffers, at(path, 'buffers'))
  const passes = readList(record.passes, at(path, 'passes'), {
    max: 64,
    read: (entry, place) =>
      parsePass(entry, place, { names: scope.names, buffers: buffers.map((buffer) => buffer.name) }),
  })
  if (passes.length === 0) throw malformed(at(path, 'passes'), 'at least one pass')
  if (passes.length > 1)
    throw new Failure('unsupported', `${at(path, 'passes')}: more than one pass is not supported yet`)
  return {
    kind: 'wgsl',
    code: parseCode(record.code, at(path, 'code'), MAX_CODE_BYTES.wgsl),
    buffers,
    passes,
  }
}

function parseBuffer(value: unknown, path: string, scope: Scope): GpuBuffer {
  const record = readRecord(value, path, ['name', 'usage', 'scope', 'bytes', 'init'])
  compileExpression(record.bytes, at(path, 'bytes'), scope.names)
  const base = {
    name: readText(record.name, at(path, 'name'), 40),
    usage: readWord(record.usage ?? 'storage', at(path, 'usage'), { words: ['uniform', 'storage'] as const }),
    scope: readWord(record.scope ?? 'unit', at(path, 'scope'), {
      words: ['unit'] as const,
      later: ['lease'],
    }),
    bytes: record.bytes as Expression,
  }
  return record.init === undefined
    ? base
    : { ...base, init: parseRecipe(record.init, at(path, 'init'), scope) }
}

function parsePass(
  value: unknown,
  path: string,
  known: { names: readonly string[]; buffers: readonly string[] },
): Pass {
  const record = readRecord(value, path, ['entry', 'bindings', 'dispatch', 'overrides', 'repeat', 'swap'])
  refuseLater(record, path, ['repeat', 'swap'])
  const dispatch = readList(record.dispatch, at(path, 'dispatch'), {
    max: 3,
    read: (entry, place) => {
      compileExpression(entry, place, known.names)
      return entry as Expression
    },
  })
  const [x = 1, y = 1, z = 1] = dispatch
  return {
    entry: readText(record.entry, at(path, 'entry'), 64),
    bindings: readList(record.bindings, at(path, 'bindings'), {
      max: 4,
      read: (group, place) =>
        readList(group, place, {
          max: 8,
          read: (name, at1) => readWord(name, at1, { words: known.buffers }),
        }),
    }),
    dispatch: [x, y, z],
    overrides: parseOverrides(record.overrides ?? {}, at(path, 'overrides')),
  }
}

function parseOverrides(value: unknown, path: string): Record<string, number> {
  const record = readRecord(value, path, Object.keys(value ?? {}))
  return Object.fromEntries(
    Object.entries(record).map(([name, number]) => {
      return [name, readNumber(number, at(path, name))]
    }),
  )
}

function parseWasm(value: unknown, path: string, scope: Scope): WasmProgram {
  const record = readRecord(value, path, ['kind', 'code', 'requires', 'wasm'])
  refuseLater(record, path, ['requires'])
  const place = at(path, 'wasm')
  const wasm = readRecord(record.wasm, place, ['abi', 'args', 'stdin', 'files', 'memoryPages'])
  refuseLater(wasm, place, ['args', 'files'])
  return {
    kind: 'wasm',
    code: parseCode(record.code, at(path, 'code'), MAX_CODE_BYTES.wasm),
    wasm: {
      abi: readWord(wasm.abi, at(place, 'abi'), { words: ['kernel1'] as const, later: ['wasi-preview1'] }),
      stdin: parseRecipe(wasm.stdin, at(place, 'stdin'), scope),
      memoryPages: readInteger(wasm.memoryPages ?? 256, at(place, 'memoryPages'), [1, 16384]),
    },
  }
}

function parseCode(value: unknown, path: string, maxBytes: number): Code {
  const record = readRecord(value, path, ['cid', 'bytes'])
  return {
    cid: readCid(record.cid, at(path, 'cid')),
    bytes: readInteger(record.bytes, at(path, 'bytes'), [1, maxBytes]),
  }
}
