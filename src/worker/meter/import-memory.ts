import { concat } from '../../protocol/bytes.ts'
import { ID, joinSections, readSections } from './sections.ts'
import { unsigned, WasmReader } from './wasm-reader.ts'

/** Where a module of `importMemory` finds its memory. */
export const MEMORY_IMPORT = { module: 'weft:host', name: 'memory' } as const

/** The size of a memory, in pages of 64 KiB. */
export type MemorySize = { readonly initial: number; readonly maximum: number }

const [MEMORY_KIND, HAS_MAXIMUM] = [2, 1]

/** Rewrites a metered module so that it is given its memory, which must be of the size that is told and all zeros. */
export function importMemory(metered: Uint8Array): {
  code: Uint8Array<ArrayBuffer>
  size: MemorySize
} {
  const sections = new Map(readSections(metered))
  const memory = new WasmReader(sections.get(ID.memory) ?? new Uint8Array())
  memory.skip(2) // one memory, with a maximum: metering wrote it so
  const size = { initial: memory.u32(), maximum: memory.u32() }
  const imports = new WasmReader(sections.get(ID.import) ?? Uint8Array.of(0))
  const count = imports.u32()
  const limits = [HAS_MAXIMUM, ...unsigned(size.initial), ...unsigned(size.maximum)]
  const entry = [...name(MEMORY_IMPORT.module), ...name(MEMORY_IMPORT.name), MEMORY_KIND, ...limits]
  const parts = [Uint8Array.from(unsigned(count + 1)), imports.rest(), Uint8Array.from(entry)]
  sections.set(ID.import, concat(parts))
  sections.delete(ID.memory)
  return { code: joinSections(sections), size }
}

function name(text: string): number[] {
  const bytes = new TextEncoder().encode(text)
  return [...unsigned(bytes.length), ...bytes]
}
