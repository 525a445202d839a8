import { malformed } from '../failure.ts'
import { at, readInteger, readRecord, readWord, refuseLater } from '../read.ts'
import type { Code } from './code.ts'
import { parseCode } from './code.ts'
import type { Recipe, Scope } from './recipe.ts'
import { parseRecipe } from './recipe.ts'
import type { WasiSetting } from './wasi-setting.ts'
import { parseWasiSetting, wasiFields } from './wasi-setting.ts'

/** A kernel: it exports `memory`, `alloc(size) -> pointer` and `run(pointer, size) -> pointer << 32 | size`, and needs no imports. */
type Kernel1 = { readonly abi: 'kernel1' }
/** A program for WASI preview 1: a command (`_start`), or a reactor (`_initialize`, and `run` without parameters). */
type Wasi = { readonly abi: 'wasi-preview1' } & WasiSetting

export type WasmProgram = {
  readonly kind: 'wasm'
  readonly code: Code
  /** `stdin` is the input of a unit, `memoryPages` the most memory that it may have, in pages of 64 KiB. */
  readonly wasm: (Kernel1 | Wasi) & { readonly stdin: Recipe; readonly memoryPages: number }
}

/** The most bytes that a WASM module may have. */
export const MAX_WASM_BYTES = 64 * 1024 * 1024

/** Reads the WASM program of a manifest. Throws `malformed` or `unsupported` with the field's path. */
export function parseWasm(value: unknown, path: string, scope: Scope): WasmProgram {
  const record = readRecord(value, path, ['kind', 'code', 'requires', 'wasm'])
  refuseLater(record, path, ['requires'])
  const place = at(path, 'wasm')
  const fields = readRecord(record.wasm, place, ['abi', 'stdin', 'memoryPages', ...wasiFields])
  const { abi: word, stdin, memoryPages } = fields
  const abi = readWord(word, at(place, 'abi'), { words: ['kernel1', 'wasi-preview1'] as const })
  const stranger = wasiFields.find((field) => fields[field] !== undefined)
  if (abi === 'kernel1' && stranger !== undefined)
    throw malformed(
      at(place, stranger),
      'nothing, because only programs with the abi "wasi-preview1" have it',
    )
  return {
    kind: 'wasm',
    code: parseCode(record.code, at(path, 'code'), MAX_WASM_BYTES),
    wasm: {
      ...(abi === 'kernel1' ? { abi } : { abi, ...parseWasiSetting(record.wasm, place, scope) }),
      stdin: parseRecipe(abi === 'kernel1' ? stdin : (stdin ?? []), at(place, 'stdin'), scope),
      memoryPages: readInteger(memoryPages ?? 256, at(place, 'memoryPages'), [1, 16384]),
    },
  }
}
