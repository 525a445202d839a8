import { concat } from '../../protocol/bytes.ts'
import { Failure } from '../../protocol/failure.ts'
import { unsupported } from './instruction.ts'
import { unsigned, WasmReader } from './wasm-reader.ts'

/** The numbers of the sections that metering reads or writes. */
export const ID = {
  ...{ type: 1, import: 2, function: 3, table: 4, memory: 5, global: 6, export: 7, start: 8, code: 10 },
} as const
/** The sections of a module by their numbers. Custom sections (0) are dropped. */
export type Sections = ReadonlyMap<number, Uint8Array>

/** The order of the format: the data count (12) stands before the code. */
const ORDER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11]
const TAG_SECTION = 13
const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

/** Takes a module apart. Throws `malformed`, or `unsupported` for exceptions. */
export function readSections(code: Uint8Array): Sections {
  const reader = new WasmReader(code)
  if (code.length < HEAD.length || HEAD.some((byte, index) => code[index] !== byte))
    throw new Failure(
      'malformed',
      'The code is no WASM module: it does not begin with "\\0asm" and version 1',
    )
  reader.skip(HEAD.length)
  const sections = new Map<number, Uint8Array>()
  let last = -1
  while (!reader.isDone) {
    const id = reader.byte()
    const part = reader.part(reader.u32())
    if (id === 0) continue
    if (id === TAG_SECTION) throw unsupported('exceptions')
    const rank = ORDER.indexOf(id)
    if (rank < 0) throw reader.wrong(`section ${id} is unknown`)
    if (rank <= last) throw reader.wrong(`section ${id} is out of order or there twice`)
    last = rank
    sections.set(id, part.rest())
  }
  return sections
}

/** Puts a module together. */
export function joinSections(sections: Sections): Uint8Array<ArrayBuffer> {
  const parts = ORDER.flatMap((id) => {
    const body = sections.get(id)
    return body === undefined ? [] : [Uint8Array.from([id, ...unsigned(body.length)]), body]
  })
  return concat([Uint8Array.from(HEAD), ...parts])
}
