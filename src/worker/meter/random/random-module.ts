import { WASI_MODULE } from '../../wasi/imports.ts'
import { text } from '../assemble.ts'
import { OP } from '../instruction.ts'
import { signed, unsigned } from '../wasm-reader.ts'
import type { Choose } from './random-code.ts'
import { FUNCTION, LOCAL_GROUPS, MEMORY_BYTES, RandomCode, TYPE } from './random-code.ts'

/**
 * A module in parts: the code of each function, without its locals, that can be written plain or changed. It is one for `kernel1`,
 * or with an exit a program for WASI.
 */
export type RandomModule = { readonly bodies: readonly (readonly number[])[]; readonly hasExit: boolean }

const [I32, I64] = [0x7f, 0x7e]

/** Takes what is chosen from a list, and zero after its end: a shorter list makes a smaller module. */
export function chooseFrom(numbers: readonly number[]): Choose {
  let place = 0
  return (below) => {
    const number = numbers[place] ?? 0
    place += 1
    return number % below
  }
}

/** Makes a module of random functions that call each other. It is valid; what it does, and whether it ends, is chance. */
export function randomModule(choose: Choose, hasExit = false): RandomModule {
  const body = (type: number, results: number, last: (code: RandomCode) => number[]): number[] => {
    const code = new RandomCode(choose, { type, results, hasExit })
    return [...code.statements(0), ...code.statements(0), ...last(code), OP.end]
  }
  const output = [OP.i64Const, ...signed(MEMORY_BYTES)]
  const helper = (): number[] => body(TYPE.helper, 1, (code) => code.value())
  const start = [OP.i32Const, 3, OP.i32Const, 5, OP.call, 1 + FUNCTION.run, OP.drop, OP.end]
  const bodies = [
    [OP.i32Const, ...signed(64), OP.end],
    [OP.block, 0x40, ...body(TYPE.run, 0, () => []), ...output, OP.end],
    ...Array.from({ length: FUNCTION.helpers }, helper),
    body(TYPE.pair, 2, (code) => [...code.value(), ...code.value()]),
    ...(hasExit ? [start] : []),
  ]
  return { bodies, hasExit }
}

/** Writes a module; with `fuel`, one with a global for it, exported as `weft:fuel`, and a local of i32 more in each function. */
export function writeModule({ bodies, hasExit }: RandomModule, fuel?: number): Uint8Array<ArrayBuffer> {
  const first = hasExit ? 1 : 0
  const isMetered = fuel !== undefined
  const exports = [
    [...text('memory'), 2, 0],
    [...text('alloc'), 0, first + FUNCTION.alloc],
    [...text('run'), 0, first + FUNCTION.run],
    ...(hasExit ? [[...text('_start'), 0, first + FUNCTION.start]] : []),
    ...(isMetered ? [[...text('weft:fuel'), 3, 1]] : []),
  ]
  const globals = [
    [I32, 1, OP.i32Const, 3, OP.end],
    ...(isMetered ? [[I64, 1, OP.i64Const, ...signed(fuel), OP.end]] : []),
  ]
  const groups = isMetered ? [5, ...LOCAL_GROUPS.slice(1), 1, I32] : LOCAL_GROUPS
  const codes = bodies.map((body) => [...unsigned(groups.length + body.length), ...groups, ...body])
  const helpers = Array.from({ length: FUNCTION.helpers }, (_, index) => first + FUNCTION.firstHelper + index)
  const table = [...helpers, ...(hasExit ? [0] : [])]
  const own = [TYPE.alloc, TYPE.run, ...helpers.map(() => TYPE.helper), TYPE.pair, TYPE.start]
  const sections: readonly (readonly [id: number, content: number[]])[] = [
    [1, list(TYPES)],
    ...(hasExit ? [[2, list([[...text(WASI_MODULE), ...text('proc_exit'), 0, TYPE.exit]])] as const] : []),
    [3, [bodies.length, ...own.slice(0, bodies.length)]],
    [4, [1, 0x70, 1, table.length, 8]],
    [5, [1, 1, 1, 3]],
    [6, list(globals)],
    [7, list(exports)],
    [9, [1, 0, OP.i32Const, 0, OP.end, table.length, ...table]],
    [12, [1]],
    [10, list(codes)],
    [11, [1, 1, 16, ...Array.from({ length: 16 }, (_, index) => index * 3)]],
  ]
  const bytes = sections.flatMap(([id, content]) => [id, ...unsigned(content.length), ...content])
  return Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...bytes])
}

/** In the order of `TYPE`. */
const TYPES = [
  [0x60, 1, I32, 1, I32],
  [0x60, 2, I32, I32, 1, I64],
  [0x60, 2, I32, I32, 1, I32],
  [0x60, 2, I32, I32, 2, I32, I32],
  [0x60, 1, I32, 1, I32],
  [0x60, 0, 2, I32, I32],
  [0x60, 1, I32, 0],
  [0x60, 0, 0],
]

function list(entries: readonly (readonly number[])[]): number[] {
  return [...unsigned(entries.length), ...entries.flat()]
}
