import { at, readList, readRecord, readWord } from '../../read.ts'
import type { Code } from '../code.ts'
import { parseCode } from '../code.ts'
import { requireUnique } from '../param.ts'
import type { Scope } from '../recipe.ts'
import type { GpuBuffer } from './gpu-buffer.ts'
import { parseBuffer } from './gpu-buffer.ts'
import type { Pass, PassGroup } from './passes.ts'
import { parsePasses } from './passes.ts'
import type { Requires } from './requires.ts'
import { parseRequires } from './requires.ts'

/** `register` suits software adapters, where workgroup memory is dear; `workgroup` most hardware. */
export type Variant = (typeof VARIANTS)[number]
const VARIANTS = ['register', 'workgroup'] as const

export type WgslProgram = {
  readonly kind: 'wgsl'
  readonly code: Code
  readonly requires?: Requires
  /** How invocations share numbers, where a manifest has a program for each way: in registers only, or in workgroup memory too. */
  readonly variant?: Variant
  readonly buffers: readonly GpuBuffer[]
  readonly passes: readonly (Pass | PassGroup)[]
}

/** The most bytes that the text of a WGSL program may have. */
export const MAX_WGSL_BYTES = 64 * 1024

/** Reads the WGSL program of a manifest. Throws `malformed` with the field's path. */
export function parseWgsl(value: unknown, path: string, scope: Scope): WgslProgram {
  const record = readRecord(value, path, ['kind', 'code', 'requires', 'variant', 'buffers', 'passes'])
  const buffers = readList(record.buffers, at(path, 'buffers'), {
    max: 16,
    read: (entry, place) => parseBuffer(entry, place, scope),
  })
  requireUnique(buffers, at(path, 'buffers'))
  return {
    kind: 'wgsl',
    code: parseCode(record.code, at(path, 'code'), MAX_WGSL_BYTES),
    ...(record.requires !== undefined && { requires: parseRequires(record.requires, at(path, 'requires')) }),
    ...(record.variant !== undefined && {
      variant: readWord(record.variant, at(path, 'variant'), { words: VARIANTS }),
    }),
    buffers,
    passes: parsePasses(record.passes, at(path, 'passes'), { names: scope.names, buffers }),
  }
}
