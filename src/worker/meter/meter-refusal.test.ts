import { describe, expect, test } from 'vitest'
import { Failure } from '../../protocol/failure.ts'
import { assemble, text } from './assemble.ts'
import type { Abi } from './interface.ts'
import { FUEL_EXPORT, meterWasm } from './meter-wasm.ts'

const [I32, LOCAL_GET, I32_CONST, I64_CONST, END] = [0x7f, 0x20, 0x41, 0x42, 0x0b]
const OUTPUT_4 = [I64_CONST, 4]
const limits = { fuel: 1_000_000, memoryPages: 4 }

function refusal(code: Uint8Array, abi: Abi = 'kernel1'): string {
  try {
    meterWasm(code, { ...limits, abi })
  } catch (error) {
    if (error instanceof Failure) return `${error.code}: ${error.message}`
    throw error
  }
  return 'accepted'
}

describe('what is refused', () => {
  const usual = assemble({ run: OUTPUT_4 })
  const withImport = (module: string, name: string, type: number): Uint8Array =>
    assemble({
      run: OUTPUT_4,
      sections: {
        1: [3, 0x60, 1, I32, 1, I32, 0x60, 2, I32, I32, 1, 0x7e, 0x60, 4, I32, I32, I32, I32, 0],
        2: [1, ...text(module), ...text(name), 0, type],
        7: [3, ...text('memory'), 2, 0, ...text('alloc'), 0, 1, ...text('run'), 0, 2],
      },
    })
  const cases: readonly [string, Uint8Array, string][] = [
    [
      'a foreign import, by name',
      withImport('env', 'fetch', 0),
      'refused: The WASM module imports env.fetch (function)',
    ],
    [
      'abort with another type',
      withImport('env', 'abort', 0),
      'refused: The import env.abort must have the type',
    ],
    [
      'a start memory over the limit',
      assemble({ run: OUTPUT_4, memory: [0, 5] }),
      'memory: The WASM module asks for 5 pages',
    ],
    [
      'shared memory',
      assemble({ run: OUTPUT_4, memory: [3, 1, 2] }),
      'unsupported: The WASM module uses threads',
    ],
    [
      'a 64-bit memory',
      assemble({ run: OUTPUT_4, memory: [4, 1] }),
      'unsupported: The WASM module uses a memory with 64-bit',
    ],
    [
      'two memories',
      assemble({ run: OUTPUT_4, sections: { 5: [2, 0, 1, 0, 1] } }),
      'unsupported: The WASM module uses several',
    ],
    [
      'no memory',
      assemble({ run: OUTPUT_4, sections: { 5: [0] } }),
      'refused: The WASM module has no memory',
    ],
    [
      'no run',
      assemble({ run: OUTPUT_4, sections: { 7: [2, ...text('memory'), 2, 0, ...text('alloc'), 0, 0] } }),
      'refused: The WASM module does not export a function "run"',
    ],
    [
      'a run of another type',
      assemble({
        run: OUTPUT_4,
        sections: { 7: [3, ...text('memory'), 2, 0, ...text('alloc'), 0, 0, ...text('run'), 0, 0] },
      }),
      'refused: The export "run" has the type i32 -> i32; kernel1 asks for the type i32 i32 -> i64',
    ],
    [
      'a huge table',
      assemble({ run: OUTPUT_4, sections: { 4: [1, 0x70, 0, 0x80, 0x80, 0x40] } }),
      'memory: The WASM module has a table',
    ],
    [
      'relaxed SIMD',
      assemble({ run: [0xfd, 0x80, 2, ...OUTPUT_4] }),
      'unsupported: The WASM module uses relaxed SIMD',
    ],
    [
      'atomics',
      assemble({ run: [0xfe, 3, 0, ...OUTPUT_4] }),
      'unsupported: The WASM module uses threads and atomics',
    ],
    ['exceptions', assemble({ run: [0x08, 0] }), 'unsupported: The WASM module uses exceptions'],
    [
      'a tag section',
      assemble({ run: OUTPUT_4, sections: { 13: [1, 0, 0] } }),
      'unsupported: The WASM module uses exceptions',
    ],
    ['no WASM at all', new TextEncoder().encode('<!doctype html>'), 'malformed: The code is no WASM module'],
    ['nothing', new Uint8Array(0), 'malformed: The code is no WASM module'],
    ['half a module', usual.slice(0, -3), 'malformed: The WASM module is malformed at byte'],
    ['a code that does not validate', assemble({ run: [0x6a] }), 'malformed: The WASM module is not valid'],
    [
      'reaching for the fuel by its index',
      assemble({ run: [I64_CONST, 0, 0x24, 0, ...OUTPUT_4] }),
      'malformed: The WASM module is not valid',
    ],
    [
      'reaching for an added local',
      assemble({ run: [LOCAL_GET, 2, 0x1a, I32_CONST, 0, 0x40, 0, 0x1a, ...OUTPUT_4] }),
      'malformed: The WASM module is not valid',
    ],
    [
      'an export with the name of the fuel',
      assemble({
        run: OUTPUT_4,
        sections: {
          7: [
            4,
            ...text('memory'),
            2,
            0,
            ...text('alloc'),
            0,
            0,
            ...text('run'),
            0,
            1,
            ...text(FUEL_EXPORT),
            0,
            0,
          ],
        },
      }),
      'refused: The WASM module exports "weft:fuel"',
    ],
  ]
  test.each(cases)('%s', (_, code, message) => {
    expect(refusal(code)).toContain(message)
  })

  test('but abort is allowed, and ends the unit as a trap', () => {
    const code = withImport('env', 'abort', 2)
    expect(refusal(code)).toBe('accepted')
  })
})

describe('a program for WASI', () => {
  /** Imports one function of the type `i32 i32 -> i32`, and exports another of the type `-> ` under a name. */
  const program = (imported: string, exported: string): Uint8Array =>
    assemble({
      run: [],
      sections: {
        1: [2, 0x60, 2, I32, I32, 1, I32, 0x60, 0, 0],
        2: [1, ...text('wasi_snapshot_preview1'), ...text(imported), 0, 0],
        3: [1, 1],
        7: [2, ...text('memory'), 2, 0, ...text(exported), 0, 1],
        10: [1, 2, 0, END],
      },
    })

  test('may import what WASI offers, and is a command or a reactor', () => {
    expect(refusal(program('random_get', '_start'), 'wasi-preview1')).toBe('accepted')
    expect(refusal(program('random_get', 'run'), 'wasi-preview1')).toBe('accepted')
  })

  test('is refused by name for sockets, unknown functions, other types, and nothing to call', () => {
    const said = (imported: string, exported = '_start'): string =>
      refusal(program(imported, exported), 'wasi-preview1')
    expect(said('sock_send')).toContain(
      'wasi_snapshot_preview1.sock_send (function), sockets are not offered',
    )
    expect(said('fd_teleport')).toContain(
      'refused: The WASM module imports wasi_snapshot_preview1.fd_teleport',
    )
    expect(said('clock_time_get')).toContain('must have the type i32 i64 i32 -> i32, not i32 i32 -> i32')
    expect(said('random_get', 'main')).toContain('does not export a function "run"')
    expect(refusal(program('random_get', '_start'))).toContain('random_get (function), which is not allowed')
  })
})
