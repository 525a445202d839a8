import { at, readWord } from '../read.ts'
import type { Scope } from './recipe.ts'
import type { WasmProgram } from './wasm-program.ts'
import { MAX_WASM_BYTES, parseWasm } from './wasm-program.ts'
import type { WgslProgram } from './wgsl/wgsl-program.ts'
import { MAX_WGSL_BYTES, parseWgsl } from './wgsl/wgsl-program.ts'

/** What a unit runs. Two programs of one manifest are twins: byte-equal outputs for the same unit. */
export type Program = WgslProgram | WasmProgram

/** The most code one program may carry. */
export const MAX_CODE_BYTES = { wgsl: MAX_WGSL_BYTES, wasm: MAX_WASM_BYTES } as const

/** Reads a program of a manifest. Throws `malformed` or `unsupported` with the field's path. */
export function parseProgram(value: unknown, path: string, scope: Scope): Program {
  const kind = readWord((value as { kind?: unknown } | null)?.kind, at(path, 'kind'), {
    words: ['wgsl', 'wasm'] as const,
  })
  return kind === 'wgsl' ? parseWgsl(value, path, scope) : parseWasm(value, path, scope)
}
