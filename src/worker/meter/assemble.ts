import { unsigned } from './wasm-reader.ts'

/** A module for tests, in opcodes: `run` is the body of `run` without its `end`; the rest stands in for what a compiler writes. */
export type TestModule = {
  readonly run: readonly number[]
  readonly alloc?: readonly number[]
  /** Local groups of `run`: how many, and of which type. */
  readonly locals?: readonly (readonly [count: number, type: number])[]
  /** Bytes of the limits of the memory. */
  readonly memory?: readonly number[]
  /** Sections to add or to put in the place of the usual ones, by id. */
  readonly sections?: Readonly<Record<number, readonly number[]>>
}

const ORDER = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11]

/** Writes a name as the binary format does. */
export function text(name: string): number[] {
  const bytes = [...new TextEncoder().encode(name)]
  return [...unsigned(bytes.length), ...bytes]
}

/** Puts a `kernel1` module together. */
export function assemble({
  run,
  alloc = [0x41, 0x80, 0x08],
  locals = [],
  memory = [0, 1],
  sections = {},
}: TestModule): Uint8Array<ArrayBuffer> {
  const body = (groups: readonly (readonly [number, number])[], code: readonly number[]): number[] => {
    const bytes = [
      ...unsigned(groups.length),
      ...groups.flatMap(([count, type]) => [...unsigned(count), type]),
      ...code,
      0x0b,
    ]
    return [...unsigned(bytes.length), ...bytes]
  }
  const exports = [...text('memory'), 2, 0, ...text('alloc'), 0, 0, ...text('run'), 0, 1]
  const all: Record<number, readonly number[]> = {
    1: [2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 1, 0x7e],
    3: [2, 0, 1],
    5: [1, ...memory],
    7: [3, ...exports],
    10: [2, ...body([], alloc), ...body(locals, run)],
    ...sections,
  }
  const bytes = ORDER.flatMap((id) => {
    const content = all[id]
    return content === undefined ? [] : [id, ...unsigned(content.length), ...content]
  })
  return Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...bytes])
}
