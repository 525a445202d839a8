import { describe, expect, test } from 'vitest'
import { Failure } from '../../protocol/failure.ts'
import { runKernel1 } from '../kernel1.ts'
import { assemble } from './assemble.ts'
import { meterWasm } from './meter-wasm.ts'

const [I32, LOCAL_GET, LOCAL_SET, I32_CONST, I64_CONST] = [0x7f, 0x20, 0x21, 0x41, 0x42]
const [BLOCK, LOOP, IF, ELSE, END, BR, BR_IF, VOID] = [0x02, 0x03, 0x04, 0x05, 0x0b, 0x0c, 0x0d, 0x40]
/** `i32.store` of what is on the stack at an address below it, and the output: 4 bytes at 0. */
const STORE = [0x36, 2, 0]
const OUTPUT_4 = [I64_CONST, 4]
const limits = { fuel: 1_000_000, memoryPages: 4 }

type Outcome =
  | { readonly kind: 'done'; readonly output: Uint8Array; readonly fuel: number }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

function run(code: Uint8Array, input = new Uint8Array(4), fuel = limits.fuel): Outcome {
  const module = new WebAssembly.Module(meterWasm(code, { ...limits, fuel }))
  try {
    return { kind: 'done', ...runKernel1({ module, input, fuel, outputBytes: 64 }) }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { kind: 'failed', code: error.code, message: error.message }
  }
}

function fuelOf(code: Uint8Array, input?: Uint8Array<ArrayBuffer>): number {
  const outcome = run(code, input)
  if (outcome.kind === 'failed') throw new Error(outcome.message)
  return outcome.fuel
}

/** Counts `local 2` down from `start`; each turn runs 5 instructions, the last one too. */
const countdown = (start: number): number[] => [
  ...[I32_CONST, start, LOCAL_SET, 2, LOOP, VOID],
  ...[LOCAL_GET, 2, I32_CONST, 1, 0x6b, 0x22, 2, BR_IF, 0],
  END,
]

describe('the count of instructions', () => {
  test('is exact for straight code: one for alloc, one for run', () => {
    expect(fuelOf(assemble({ run: OUTPUT_4 }))).toBe(2)
  })

  test('is exact for a loop: 5 for each turn, 3 before, 1 after, 1 for alloc', () => {
    for (const turns of [1, 2, 7, 63])
      expect(fuelOf(assemble({ run: [...countdown(turns), ...OUTPUT_4], locals: [[1, I32]] }))).toBe(
        5 * turns + 5,
      )
  })

  test('counts only the branch that is taken', () => {
    const branch = (condition: number): number[] => [
      ...[I32_CONST, condition, IF, VOID, 0x01, 0x01, 0x01, ELSE, 0x01, END],
      ...OUTPUT_4,
    ]
    expect(fuelOf(assemble({ run: branch(1) }))).toBe(1 + 2 + 3 + 1)
    expect(fuelOf(assemble({ run: branch(0) }))).toBe(1 + 2 + 1 + 1)
  })

  test('does not count what a branch jumps over', () => {
    const jump = [BLOCK, VOID, BR, 0, 0x01, 0x01, END, ...OUTPUT_4]
    expect(fuelOf(assemble({ run: jump }))).toBe(1 + 1 + 1 + 1)
    const skipped = [BLOCK, VOID, I32_CONST, 0, BR_IF, 0, 0x01, 0x01, END, ...OUTPUT_4]
    expect(fuelOf(assemble({ run: skipped }))).toBe(1 + 1 + 2 + 2 + 1)
  })

  test('counts a br_table arm by arm', () => {
    const table = (arm: number): number[] => [
      ...[BLOCK, VOID, BLOCK, VOID, I32_CONST, arm, 0x0e, 1, 0, 1, END, 0x01, 0x01, END],
      ...OUTPUT_4,
    ]
    expect(fuelOf(assemble({ run: table(0) }))).toBe(1 + 4 + 2 + 1)
    expect(fuelOf(assemble({ run: table(1) }))).toBe(1 + 4 + 1)
  })

  test('charges bulk memory by its length', () => {
    const fill = (size: number): number[] => [
      ...[I32_CONST, 0, I32_CONST, 0, I32_CONST, ...[0x80 | (size & 127), size >> 7], 0xfc, 0x0b, 0],
      ...OUTPUT_4,
    ]
    expect(fuelOf(assemble({ run: fill(256) }))).toBe(1 + 4 + 32 + 1)
    expect(fuelOf(assemble({ run: fill(4096) }))).toBe(1 + 4 + 512 + 1)
  })

  test('counts a tail call like a call, and stops one that goes round for ever', () => {
    /** A third function that counts its parameter down by calling itself last: 5 and the call, or the last one. */
    const tail = (again: readonly number[]): Uint8Array<ArrayBuffer> => {
      const last = [LOCAL_GET, 0, 0x45, IF, VOID, I32_CONST, 0, 0x0f, END]
      const code = [...last, LOCAL_GET, 0, ...again, 0x12, 2, END]
      const first = [I32_CONST, 9, 0x10, 2, 0x1a, ...OUTPUT_4, END]
      return assemble({
        run: [],
        sections: {
          3: [3, 0, 1, 0],
          10: [
            ...[3, 5, 0, I32_CONST, 0x80, 8, END],
            ...[first.length + 1, 0, ...first, code.length + 1, 0, ...code],
          ],
        },
      })
    }
    expect(fuelOf(tail([I32_CONST, 1, 0x6b]))).toBe(1 + 4 + 9 * (3 + 4) + 3 + 2)
    expect(run(tail([]))).toMatchObject({ kind: 'failed', code: 'fuel' })
  })

  test('starts afresh with each unit', () => {
    const counting = assemble({
      run: [0x23, 0, I32_CONST, 1, 0x6a, 0x24, 0, I32_CONST, 0, 0x23, 0, ...STORE, ...OUTPUT_4],
      sections: { 6: [1, I32, 1, I32_CONST, 41, END] },
    })
    const module = new WebAssembly.Module(meterWasm(counting, limits))
    const call = { module, input: new Uint8Array(0), fuel: limits.fuel, outputBytes: 64 }
    const [first, second] = [runKernel1(call), runKernel1(call)]
    expect(first).toEqual({ output: Uint8Array.of(42, 0, 0, 0), fuel: 9 })
    expect(second).toEqual(first)
  })
})

describe('a start function', () => {
  /** A third function of the type `-> `, the start. */
  const withStart = (start: readonly number[]): Uint8Array<ArrayBuffer> =>
    assemble({
      run: OUTPUT_4,
      sections: {
        1: [3, 0x60, 1, I32, 1, I32, 0x60, 2, I32, I32, 1, 0x7e, 0x60, 0, 0],
        3: [3, 0, 1, 2],
        8: [2],
        10: [
          ...[3, 5, 0, I32_CONST, 0x80, 8, END, 4, 0, ...OUTPUT_4, END],
          ...[start.length + 2, 0, ...start, END],
        ],
      },
    })

  test('runs before alloc and is counted', () => {
    const outcome = run(withStart([I32_CONST, 0, I32_CONST, 7, ...STORE]), new Uint8Array(0))
    expect(outcome).toEqual({ kind: 'done', output: Uint8Array.of(7, 0, 0, 0), fuel: 3 + 1 + 1 })
  })

  test('that never ends is out of fuel', () => {
    expect(run(withStart([LOOP, VOID, BR, 0, END]))).toMatchObject({ kind: 'failed', code: 'fuel' })
  })
})

describe('what runs away', () => {
  test('an endless loop ends as fuel', () => {
    expect(run(assemble({ run: [LOOP, VOID, BR, 0, END, 0x00] }))).toMatchObject({
      kind: 'failed',
      code: 'fuel',
    })
  })

  test('a loop that ends one instruction too late is out of fuel, one that fits is not', () => {
    const code = assemble({ run: [...countdown(10), ...OUTPUT_4], locals: [[1, I32]] })
    expect(run(code, new Uint8Array(4), 55).kind).toBe('done')
    expect(run(code, new Uint8Array(4), 54)).toMatchObject({ kind: 'failed', code: 'fuel' })
  })

  test('endless recursion ends', () => {
    const outcome = run(assemble({ run: [LOCAL_GET, 0, LOCAL_GET, 1, 0x10, 1] }), new Uint8Array(4), 1_000)
    expect(outcome).toMatchObject({ kind: 'failed', code: 'fuel' })
  })

  test('an endless run of bulk fills ends as fuel', () => {
    const fill = [I32_CONST, 0, I32_CONST, 0, I32_CONST, 0x80, 0x80, 4, 0xfc, 0x0b, 0]
    expect(run(assemble({ run: [LOOP, VOID, ...fill, BR, 0, END, 0x00] }))).toMatchObject({ code: 'fuel' })
  })

  test('growing beyond the limit gives -1, and a trap after it is told as memory', () => {
    const grow = [I32_CONST, 100, 0x40, 0]
    const tolerant = assemble({ run: [I32_CONST, 0, ...grow, ...STORE, ...OUTPUT_4] })
    expect(run(tolerant)).toMatchObject({ kind: 'done', output: Uint8Array.of(255, 255, 255, 255) })
    const bomb = assemble({
      run: [LOOP, VOID, I32_CONST, 1, 0x40, 0, I32_CONST, 0x7f, 0x47, BR_IF, 0, END, 0x00],
    })
    expect(run(bomb)).toMatchObject({ kind: 'failed', code: 'memory' })
  })

  test('a trap says what happened', () => {
    expect(run(assemble({ run: [0x00] }))).toMatchObject({
      code: 'trap',
      message: expect.stringContaining('unreachable'),
    })
  })

  test('an output over the limit is oversized, one outside the memory a trap', () => {
    expect(run(assemble({ run: [I64_CONST, 0xc1, 0x00] }))).toMatchObject({ code: 'oversized' })
    expect(run(assemble({ run: [I64_CONST, 0x84, 0x80, 0x80, 0x80, 0x80, 0x80, 0xc0, 0x00] }))).toMatchObject(
      { code: 'trap' },
    )
  })
})
