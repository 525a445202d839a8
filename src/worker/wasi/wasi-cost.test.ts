import { expect, test } from 'vitest'
import { FUEL_EXPORT } from '../meter/meter-wasm.ts'
import { functionsOf } from './functions.ts'
import { Host } from './host.ts'

const FUEL = 1_000_000
const [OUT, LIST, TEXT, DATA] = [0, 16, 1_024, 2_048]
const content = new Uint8Array(8_000)
const [ALL, READ] = [2n ** 28n - 1n, 2n]

/** A world with a memory of its own, in which functions of WASI are called; gives what each call cost. */
function world(): (name: string, ...args: (number | bigint)[]) => number {
  const host = new Host({
    ...{ args: ['program', 'ä'], env: ['A=1'], stdin: content, files: [{ path: '/folder/in', content }] },
    ...{ seed: new Uint8Array(20).fill(1), outputBytes: 100_000 },
  })
  const memory = new WebAssembly.Memory({ initial: 2 })
  const fuel = new WebAssembly.Global({ value: 'i64', mutable: true }, BigInt(FUEL))
  // As much of an instance as the functions use.
  host.attach({ exports: { memory, [FUEL_EXPORT]: fuel } } as WebAssembly.Instance)
  const view = new DataView(memory.buffer)
  new TextEncoder().encodeInto('folder/in', new Uint8Array(memory.buffer, TEXT))
  for (const [index, size] of [7_000, 1_000, 7, 7].entries()) {
    view.setUint32(LIST + 8 * index, DATA, true)
    view.setUint32(LIST + 8 * index + 4, size, true)
  }
  const functions = functionsOf(host)
  return (name, ...args) => {
    const before = Number(fuel.value)
    const run = functions[name]
    if (typeof run !== 'function') throw new Error(`there is no ${name}`)
    expect(run(...args) ?? 0, name).toBe(0)
    return before - Number(fuel.value)
  }
}

test('a call costs 100 instructions, and one more for every 8 bytes that it moves in all', () => {
  const cost = world()
  expect(cost('sched_yield')).toBe(100)
  expect(cost('fd_write', 1, LIST, 2, OUT)).toBe(100 + 1_000)
  expect(cost('fd_write', 1, LIST + 16, 2, OUT), 'two pieces of 7 bytes').toBe(100 + 1)
  expect(cost('fd_read', 0, LIST, 2, OUT)).toBe(100 + 1_000)
  expect(cost('fd_read', 0, LIST, 2, OUT), 'at the end of the file').toBe(100)
  expect(cost('random_get', DATA, 4_001)).toBe(100 + 500)
  expect(cost('args_get', LIST + 64, DATA), 'two pointers, 8 + 3 bytes').toBe(100 + 2)
  expect(cost('args_sizes_get', OUT, OUT + 4)).toBe(100)
  expect(cost('environ_get', LIST + 64, DATA), 'a pointer, 4 bytes').toBe(100 + 1)
})

test('a call with a path pays for the path, and a listing for its entries', () => {
  const cost = world()
  expect(cost('path_filestat_get', 3, 0, TEXT, 9, DATA)).toBe(100 + 1)
  expect(cost('path_open', 3, 0, TEXT, 6, 2, READ, READ, 0, OUT)).toBe(100)
  const [listed, moved] = [8 * 3, 24 * 3 + '.'.length + '..'.length + 'in'.length]
  expect(cost('fd_readdir', 4, DATA, 1_000, 0n, OUT)).toBe(100 + ((listed + moved) >> 3))
})

test('a file that is cut or grows pays for zeros, and what is written only once', () => {
  const cost = world()
  expect(cost('path_open', 3, 0, TEXT, 9, 0, ALL, ALL, 0, OUT)).toBe(100 + 1)
  expect(cost('fd_pwrite', 4, LIST, 2, 0n, OUT), 'over what is there').toBe(100 + 1_000)
  expect(cost('fd_pwrite', 4, LIST, 2, 8_000n, OUT), 'at the end').toBe(100 + 1_000)
  expect(cost('fd_pwrite', 4, LIST, 2, 16_800n, OUT), 'behind a gap of 800').toBe(100 + 1_000 + 100)
  expect(cost('fd_filestat_set_size', 4, 24_000n)).toBe(100 + 100)
  expect(cost('fd_allocate', 4, 24_000n, 1_600n)).toBe(100 + 200)
  expect(cost('fd_pread', 4, LIST, 2, 0n, OUT)).toBe(100 + 1_000)
})
