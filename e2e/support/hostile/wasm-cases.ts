import { assemble, text } from '../../../src/worker/meter/assemble.ts'
import { unsigned } from '../../../src/worker/meter/wasm-reader.ts'

/** A hostile kernel: its code, and what the sandbox must say, of the kernel when it is loaded or of its unit 7. */
export type WasmCase = { readonly name: string; readonly code: Uint8Array; readonly says: RegExp }

const [I32, I64, FUNC] = [0x7f, 0x7e, 0x60]
const [LOCAL_GET, LOCAL_SET, DROP, CONST, CONST64] = [0x20, 0x21, 0x1a, 0x41, 0x42]
const [LOOP, IF, BR, BR_IF, END, VOID, CALL, CALL_INDIRECT] = [0x03, 0x04, 0x0c, 0x0d, 0x0b, 0x40, 0x10, 0x11]
const [STORE, GROW, SHL64] = [[0x36, 2, 0], [0x40, 0], 0x86]
/** The largest i32.const, -1; and an output of 4 bytes at 0. */
const ALL = [CONST, 0x7f]
const OUTPUT = [CONST64, 4]
const forever = [LOOP, VOID, BR, 0, END, 0x00]
const endless = (body: readonly number[]): number[] => [LOOP, VOID, ...body, BR, 0, END, 0x00]
const body = (code: readonly number[]): number[] => [code.length + 2, 0, ...code, END]
/** Counts local 2 + n down from 2^20 around `inner`. */
const nest = (n: number, inner: readonly number[]): number[] => [
  ...[CONST, ...[0x80, 0x80, 0xc0, 0x00], LOCAL_SET, 2 + n, LOOP, VOID, ...inner],
  ...[LOCAL_GET, 2 + n, CONST, 1, 0x6b, 0x22, 2 + n, BR_IF, 0, END],
]
const types = [2, FUNC, 1, I32, 1, I32, FUNC, 2, I32, I32, 1, I64]
const imports = (entries: readonly number[][]): number[] => [entries.length, ...entries.flat()]
const section = (id: number, bytes: readonly number[]): number[] => [id, ...unsigned(bytes.length), ...bytes]
const raw = (...parts: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...parts.flat()])
const usual = assemble({ run: OUTPUT })
const exported = [...text('memory'), 2, 0, ...text('alloc'), 0, 0, ...text('run'), 0, 1]
/** An import moves the functions of the module up by one. */
const importing = (entry: readonly number[]): Uint8Array =>
  assemble({ run: OUTPUT, sections: { 2: imports([[...entry]]) } })

const run = (name: string, code: readonly number[], says: RegExp): WasmCase => ({
  name,
  code: assemble({ run: code, locals: [[6, I32]] }),
  says,
})
const parsed = (name: string, code: Uint8Array, says: RegExp): WasmCase => ({ name, code, says })
const withTable = (code: readonly number[], size: readonly number[] = [0, 1]): Uint8Array =>
  assemble({ run: code, sections: { 4: [1, 0x70, ...size] } })

/** What ends by itself, or is ended. */
const endings: readonly WasmCase[] = [
  run('an endless loop', forever, /7 fuel/),
  run(
    'an endless loop without a body that counts',
    [LOOP, VOID, LOOP, VOID, BR, 1, END, END, 0x00],
    /7 fuel/,
  ),
  run('loops in loops in loops', [...nest(0, nest(1, nest(2, nest(3, [])))), ...OUTPUT], /7 fuel/),
  run('calling itself without end', [LOCAL_GET, 0, LOCAL_GET, 1, CALL, 1], /7 (?:trap|fuel)/),
  run('a tree of calls', endless([LOCAL_GET, 0, LOCAL_GET, 1, CALL, 1, DROP]), /7 (?:trap|fuel)/),
  parsed(
    'calling itself through a table',
    assemble({
      run: [LOCAL_GET, 0, LOCAL_GET, 1, CONST, 0, CALL_INDIRECT, 1, 0],
      sections: { 4: [1, 0x70, 0, 1], 9: [1, 0, CONST, 0, END, 1, 1] },
    }),
    /7 (?:trap|fuel)/,
  ),
  parsed(
    'a start function that never ends',
    assemble({
      run: OUTPUT,
      sections: {
        1: [3, ...types.slice(1), FUNC, 0, 0],
        3: [3, 0, 1, 2],
        8: [2],
        10: [3, ...body([CONST, 0]), ...body(OUTPUT), ...body(forever)],
      },
    }),
    /7 fuel|refused.*start/,
  ),
  parsed('an alloc that never ends', assemble({ run: OUTPUT, alloc: [...forever, CONST, 0] }), /7 fuel/),
  run(
    'filling memory over and over',
    endless([CONST, 0, CONST, 0, ...[CONST, 0x80, 0x80, 0x04], 0xfc, 11, 0]),
    /7 fuel/,
  ),
  run(
    'copying memory over and over',
    endless([CONST, 0, CONST, 0, ...[CONST, 0x80, 0x80, 0x04], 0xfc, 10, 0, 0]),
    /7 fuel/,
  ),
]

/** What takes, or reaches, what it may not. */
const reaching: readonly WasmCase[] = [
  run(
    'growing memory page by page',
    [...endless([CONST, 1, ...GROW, ...ALL, 0x46, IF, VOID, 0x00, END])],
    /7 memory/,
  ),
  run('growing memory at once', [...ALL, ...GROW, DROP, 0x00], /7 memory/),
  parsed(
    'growing a table',
    withTable(endless([0xd0, 0x70, ...[CONST, 0x80, 0x08], 0xfc, 15, 0, DROP])),
    /7 fuel/,
  ),
  parsed(
    'growing a table at once',
    withTable([0xd0, 0x70, ...ALL, 0xfc, 15, 0, DROP, 0x00]),
    /7 (?:trap|fuel)/,
  ),
  parsed('a huge table', withTable(OUTPUT, [0, 0xff, 0xff, 0xff, 0x7f]), /^memory/),
  run('writing outside the memory', [...ALL, CONST, 1, ...STORE, ...OUTPUT], /7 trap/),
  run(
    'reading outside the memory',
    [...ALL, 0x28, 2, 0xff, 0xff, 0xff, 0xff, 0x0f, DROP, ...OUTPUT],
    /7 trap/,
  ),
  run('dividing by nothing', [CONST, 1, CONST, 0, 0x6d, DROP, ...OUTPUT], /7 trap/),
  run(
    'an output that lies outside the memory',
    [CONST64, 0xff, 0xff, 0xff, 0xff, 0x0f, CONST64, 32, SHL64, CONST64, 4, 0x84],
    /7 trap/,
  ),
  run('an output of 4 GiB', [CONST64, 0xff, 0xff, 0xff, 0xff, 0x0f], /7 oversized/),
  run('an output over its limit', [CONST64, 0xc1, 0x00], /7 oversized/),
  run('a negative output', [CONST64, 0x7f], /7 (?:oversized|trap)/),
  parsed('an alloc outside the memory', assemble({ run: OUTPUT, alloc: ALL }), /7 trap/),
  parsed(
    'data outside the memory',
    assemble({ run: OUTPUT, sections: { 11: [1, 0, ...ALL, END, 1, 0] } }),
    /7 trap/,
  ),
  parsed('a memory over its limit from the start', assemble({ run: OUTPUT, memory: [0, 17] }), /^memory/),
  run('the fuel, by its index', [CONST64, 0, 0x24, 0, ...OUTPUT], /^malformed/),
  run(
    'the local of the meter, by its index',
    [CONST, 0, LOCAL_SET, 9, CONST, 0, ...GROW, DROP, ...OUTPUT],
    /^malformed/,
  ),
  ...['weft:fuel', 'weft:mark', 'weft:start'].map((name) =>
    parsed(
      `an export by the name of ${name}`,
      assemble({ run: OUTPUT, sections: { 7: [4, ...exported, ...text(name), 0, 0] } }),
      /^refused: .*keeps for itself/,
    ),
  ),
]

/** What asks for more than there is. */
const smuggling: readonly WasmCase[] = [
  parsed('an import of fetch', importing([...text('env'), ...text('fetch'), 0, 0]), /^refused: .*env\.fetch/),
  parsed(
    'an import from the page',
    importing([...text('window'), ...text('eval'), 0, 0]),
    /^refused: .*window\.eval/,
  ),
  parsed(
    'a socket of WASI',
    importing([...text('wasi_snapshot_preview1'), ...text('sock_send'), 0, 0]),
    /^refused/,
  ),
  parsed('a memory from outside', importing([...text('env'), ...text('memory'), 2, 0, 1]), /^refused/),
  parsed('a global from outside', importing([...text('env'), ...text('abort'), 3, I32, 1]), /^refused/),
  parsed('a table from outside', importing([...text('env'), ...text('abort'), 1, 0x70, 0, 1]), /^refused/),
  parsed('abort by another type', importing([...text('env'), ...text('abort'), 0, 0]), /^refused/),
  parsed('an import with an empty name', importing([0, 0, 0, 0]), /^refused/),
  parsed('a name that is no UTF-8', importing([1, 0xff, 1, 0xff, 0, 0]), /^(?:malformed|refused)/),
  parsed('shared memory', assemble({ run: OUTPUT, memory: [3, 1, 1] }), /^unsupported: .*threads/),
  parsed('memory with 64-bit addresses', assemble({ run: OUTPUT, memory: [4, 1] }), /^unsupported/),
  run('atomics', [0xfe, 3, 0, ...OUTPUT], /^unsupported/),
  run('relaxed SIMD', [0xfd, 0x80, 2, ...OUTPUT], /^unsupported/),
]

/** What is written so that two readers may read it differently. */
const malformed: readonly WasmCase[] = [
  parsed('a section that goes on after the end', raw([1, 0xff, 0xff, 0xff, 0xff, 0x0f]), /^malformed/),
  parsed('two sections of code', Uint8Array.from([...usual, ...section(10, [0])]), /^malformed/),
  parsed('sections out of order', raw(section(3, [0]), section(1, [0])), /^malformed/),
  parsed('an unknown section', raw([77, 0]), /^malformed/),
  parsed('a length of six bytes', raw([1, 0x81, 0x80, 0x80, 0x80, 0x80, 0x00, 0]), /^malformed/),
  parsed('a length with bits above the 32nd', raw([1, 0x81, 0x80, 0x80, 0x80, 0x70, 0]), /^malformed/),
  parsed('a length that never ends', raw([1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), /^malformed/),
  parsed('four billion types', raw(section(1, [0xff, 0xff, 0xff, 0xff, 0x0f])), /^malformed/),
  parsed('four billion exports', raw(section(7, [0xff, 0xff, 0xff, 0xff, 0x0f])), /^(?:malformed|refused)/),
  parsed('four billion locals', assemble({ run: OUTPUT, locals: [[0xffffffff, I32]] }), /^malformed/),
  parsed(
    'locals that add up beyond 32 bits',
    assemble({
      run: OUTPUT,
      locals: [
        [0xffffffff, I32],
        [2, I32],
      ],
    }),
    /^malformed/,
  ),
  run('a jump table of four billion', [CONST, 0, 0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f, 0], /^malformed/),
  parsed(
    'a body that is longer than it says',
    assemble({ run: OUTPUT, sections: { 10: [2, ...body([CONST, 0]), 3, 0, CONST64, 4, END] } }),
    /^malformed/,
  ),
  parsed('a body with more after its end', assemble({ run: [...OUTPUT, END, 0x00] }), /^malformed/),
  parsed(
    'a body without an end',
    assemble({ run: OUTPUT, sections: { 10: [2, ...body([CONST, 0]), 3, 0, CONST64, 4] } }),
    /^malformed/,
  ),
  parsed(
    'a number of too many bytes in the code',
    assemble({ run: [CONST, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, DROP, ...OUTPUT] }),
    /^malformed/,
  ),
  parsed(
    'more bodies than functions',
    assemble({ run: OUTPUT, sections: { 3: [1, 0] } }),
    /^(?:malformed|refused)/,
  ),
  parsed('an opcode that is none', assemble({ run: [0xff, ...OUTPUT] }), /^malformed/),
  parsed(
    'two exports of one name',
    assemble({ run: OUTPUT, sections: { 7: [4, ...exported, ...text('run'), 0, 0] } }),
    /^(?:malformed|refused)/,
  ),
  parsed(
    'version 2',
    usual.map((byte, index) => (index === 4 ? 2 : byte)),
    /^malformed/,
  ),
  parsed(
    'a page of HTML',
    new TextEncoder().encode('<!doctype html><script>fetch("/")</script>'),
    /^malformed/,
  ),
  parsed(
    'fifty thousand blocks in each other',
    assemble({
      run: [
        ...Array<number>(50_000)
          .fill(0x02)
          .flatMap((block) => [block, VOID]),
        ...Array<number>(50_000).fill(END),
        ...OUTPUT,
      ],
    }),
    /^malformed|7 = /,
  ),
]

/** Kernels of WASM that attack the sandbox. They run with little fuel and little memory. */
export const wasmCases: readonly WasmCase[] = [...endings, ...reaching, ...smuggling, ...malformed]
