import { assemble, text } from '../../../src/worker/meter/assemble.ts'
import { unsigned } from '../../../src/worker/meter/wasm-reader.ts'

const [GET, I32, I64, LOOP, IF, BR, BR_IF, END, VOID, CALL] = [
  0x20, 0x41, 0x42, 0x03, 0x04, 0x0c, 0x0d, 0x0b, 0x40, 0x10,
]
/** The number of the unit, from the input. */
const unit = [GET, 0, 0x28, 2, 0]
const when = (number: number, body: readonly number[]): number[] => [
  ...[...unit, I32, number, 0x46, IF, VOID],
  ...[...body, END],
]

/**
 * A kernel with moods: unit 1 traps, 3 loops for ever, 5 gives 128 bytes, 7 asks for memory without end, 9 gives 8 bytes, and the
 * others the square of their number, 4 bytes.
 */
export const moodyKernel = assemble({
  run: [
    ...when(1, [0x00]),
    ...when(3, [LOOP, VOID, BR, 0, END]),
    ...when(5, [I64, 0x80, 1, 0x0f]),
    ...when(7, [LOOP, VOID, I32, 1, 0x40, 0, I32, 0x7f, 0x47, BR_IF, 0, END, 0x00]),
    ...when(9, [I64, 8, 0x0f]),
    ...[I32, 0, ...unit, ...unit, 0x6c, 0x36, 2, 0, I64, 4],
  ],
})

/** A program for WASI that says something on its standard error and ends with exit code 3. */
export const exitProgram = wasiProgram(
  ['fd_write', 'proc_exit'],
  [I32, 2, I32, 0, I32, 1, I32, 8, CALL, 0, 0x1a, I32, 3, CALL, 1],
)

/** A command with imports and the body of its `_start`; its memory begins with the place and length of a text. */
function wasiProgram(imports: readonly string[], start: readonly number[]): Uint8Array<ArrayBuffer> {
  const types: Readonly<Record<string, number>> = { proc_exit: 1, fd_write: 2 }
  const said = [...new TextEncoder().encode('no table for this unit\n')]
  const data = [16, 0, 0, 0, said.length, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...said]
  const i32 = 0x7f
  return assemble({
    run: [],
    sections: {
      1: [...[3, 0x60, 0, 0, 0x60, 1, i32, 0], ...[0x60, 4, i32, i32, i32, i32, 1, i32]],
      2: [
        imports.length,
        ...imports.flatMap((name) => [...text('wasi_snapshot_preview1'), ...text(name), 0, types[name] ?? 0]),
      ],
      3: [1, 0],
      7: [2, ...text('memory'), 2, 0, ...text('_start'), 0, imports.length],
      10: [1, ...unsigned(start.length + 2), 0, ...start, END],
      11: [1, 0, I32, 0, END, ...unsigned(data.length), ...data],
    },
  })
}
