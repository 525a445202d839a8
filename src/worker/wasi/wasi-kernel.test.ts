import { beforeAll, expect, test } from 'vitest'
import { splitOutputs } from '../../protocol/manifest/outputs.ts'
import { firstRound } from '../executor.ts'
import { loadWasm } from '../frame/wasm-kernel.ts'
import type { UnitReport } from '../message.ts'
import { compileOdd, programCode } from './programs/test-code.ts'
import type { TestProgram } from './programs/test-programs.ts'
import { testPrograms, wasiSource } from './programs/test-programs.ts'

let odd: Uint8Array<ArrayBuffer>
beforeAll(async () => {
  odd = await compileOdd()
})

/** Runs a unit of a program in this thread, and shows what came of it as text. */
function run(code: Uint8Array, program: TestProgram, unit: number): string {
  return show(loadWasm(wasiSource(code, program))(unit, firstRound))
}

function show(report: UnitReport): string {
  if (report.kind === 'done') return new TextDecoder().decode(report.output)
  return `${report.code}: ${report.message}`
}

/** Runs the odd program in one of its ways. */
function runOdd(way: string, limits: Readonly<Record<string, unknown>> = {}, unit = 0): string {
  const outputs = [{ name: 'out', type: 'u8', bytes: 1000, upTo: true }]
  return run(odd, { wasm: { args: [way] }, outputs, limits }, unit)
}

/** The texts of the two outputs of a unit. */
function runBoth(code: Uint8Array, program: TestProgram, unit: number): string[] {
  const report = loadWasm(wasiSource(code, program))(unit, firstRound)
  if (report.kind === 'failed') return [show(report)]
  return splitOutputs(report.output, 2).map((part) => new TextDecoder().decode(part))
}

test('a C program has arguments, variables, standard input, a file to read and one to leave', () => {
  const [summary, report] = runBoth(programCode('survey'), testPrograms.survey, 7)
  expect(summary).toContain('unit 7 of Größe: input 21, median 3.000 of 5\nrandom ')
  expect(report).toBe('9\n4.25\n3\n2\n1.5\n')
})

test('a Rust program has maps that ask for random numbers, and directories', () => {
  const [note, list] = runBoth(programCode('words'), testPrograms.words, 0)
  expect(note).toBe('33 bytes read\n')
  expect(list).toBe('3 the\n2 and\n')
})

test('an interpreter runs a script that is an input of the job', () => {
  expect(run(programCode('lua'), testPrograms.lua, 2)).toMatch(
    /^fib\t12\t144\n37\.6991118431\tWORD WORD \t\d+\n2;40;600;$/,
  )
})

test('an AssemblyScript program writes its output to standard output', () => {
  const report = loadWasm(wasiSource(odd, testPrograms.collatz))(0, firstRound)
  expect(report).toMatchObject({ kind: 'done', output: Uint8Array.of(111, 0, 0, 0) })
})

test('an exit code that is not 0 is a failed unit, with the first lines of the standard error', () => {
  expect(runOdd('x')).toBe('trap: the program ended with exit code 3: bad')
  const usage = { ...testPrograms.survey, wasm: {} }
  expect(run(programCode('survey'), usage, 0)).toBe(
    'trap: the program ended with exit code 3: usage: survey UNIT',
  )
})

test('a trap comes with the first lines of the standard error, as a panic and an assertion write them', () => {
  expect(runOdd('w')).toMatch(/^trap: the kernel failed: .*unreachable.*: bad$/)
})

test('time and random numbers follow from job, unit and round, and sleep takes no time', () => {
  const [real = 0, first = 0, woken = 0, random] = runOdd('t').split('\n').map(Number)
  expect(real).toBeGreaterThan(1.577e18)
  expect(first).toBe(2_000)
  expect(woken).toBe(3_600_000_003_000)
  expect(runOdd('t')).toBe(runOdd('t'))
  expect(runOdd('t', {}, 1)).not.toContain(String(random))
  expect(runOdd('t', { timeMs: 29_000 })).not.toBe(runOdd('t'))
  const later = loadWasm(
    wasiSource(odd, {
      wasm: { args: ['t'] },
      outputs: [{ name: 'out', type: 'u8', bytes: 1000, upTo: true }],
    }),
  )
  expect(show(later(0, { index: 1, previous: new Uint8Array(0) }))).not.toBe(runOdd('t'))
})

test('a program cannot take more of the machine than a unit has', () => {
  expect(runOdd('e', { fuel: 10_000_000 })).toContain('fuel: the unit used up its 10000000 instructions')
  expect(runOdd('o', { outputBytes: 100_000 })).toContain(
    'oversized: the output has more bytes than the limit of 100000',
  )
  expect(runOdd('f')).toBe('16381\n1051\n')
  expect(runOdd('d')).toBe('1033\n')
  expect(runOdd('s')).toBe('28\n0\n51\n28\n28\n')
  expect(runOdd('p')).toMatch(/^trap: the kernel failed: /)
})

test('calls of functions cost instructions by what they move', () => {
  const fuelOf = (way: string): number => {
    const report = loadWasm(
      wasiSource(odd, { ...testPrograms.collatz, wasm: { ...testPrograms.collatz.wasm, args: [way] } }),
    )(0, firstRound)
    return report.kind === 'done' ? (report.fuel ?? 0) : 0
  }
  expect(fuelOf('c')).toBe(fuelOf('c'))
  expect(fuelOf('c')).toBeGreaterThan(300)
})

test('a program that leaves well from deep within a long loop pays for what ran until then', () => {
  const leave = (fuel: number): UnitReport => {
    return loadWasm(wasiSource(odd, { ...testPrograms.leave, limits: { fuel } }))(0, firstRound)
  }
  const report = leave(10_000_000_000)
  const fuel = report.kind === 'done' ? (report.fuel ?? 0) : 0
  expect(fuel).toBeGreaterThan(300)
  expect(fuel).toBeLessThan(1_000)
  expect(leave(fuel)).toMatchObject({ kind: 'done', output: Uint8Array.of(105), fuel })
  expect(leave(fuel - 1)).toMatchObject({ kind: 'failed', code: 'fuel' })
})

test('what a unit starts with is bounded before it is put together', () => {
  const megabytes = 'x'.repeat(2 ** 20)
  const content = Array.from({ length: 33 }, () => ({ input: 'text' }))
  const files = ['/first', '/second'].map((path) => ({ path, content }))
  const outputs = [{ name: 'out', type: 'u8', bytes: 1000, upTo: true }]
  const tooMuch = { wasm: { args: ['t'], files }, outputs, texts: { text: megabytes } }
  expect(run(odd, tooMuch, 0)).toBe(
    `memory: the unit starts with ${66 * 2 ** 20} bytes of stdin and files; at most ${2 ** 26} fit`,
  )
  const stdin = { ...tooMuch, wasm: { args: ['t'], stdin: content, files: files.slice(1) } }
  expect(run(odd, stdin, 0)).toContain('memory: the unit starts with')
  const fits = { ...tooMuch, wasm: { args: ['t'], files: files.slice(1) } }
  expect(run(odd, fits, 0)).toContain('\n2000\n')
})

test('an output that the program did not leave, or of a wrong size, is a failed unit', () => {
  const outputs = [
    { name: 'steps', type: 'u32', bytes: 4 },
    { name: 'more', type: 'u8', bytes: 4 },
  ]
  expect(run(odd, { ...testPrograms.collatz, outputs }, 0)).toBe('malformed: the program left no file /more')
  const wide = [{ name: 'steps', type: 'u32', bytes: 8 }]
  expect(run(odd, { ...testPrograms.collatz, outputs: wide }, 0)).toContain(
    'malformed: output: expected 8 bytes',
  )
})

test('sockets and other imports are refused when the program is loaded', () => {
  const outputs = [{ name: 'out', type: 'u8', bytes: 4 }]
  const asking = (module: string, name: string): Uint8Array => {
    const text = Buffer.from(odd).toString('latin1')
    const asked = text.replace('wasi_snapshot_preview1\x08fd_close', `${module}\x08${name}`)
    return new Uint8Array(Buffer.from(asked, 'latin1'))
  }
  const load = (code: Uint8Array) => () => loadWasm(wasiSource(code, { wasm: {}, outputs }))
  expect(load(asking('wasi_snapshot_preview1', 'sock_xyz'))).toThrow('sockets are not offered')
  expect(load(asking('wasi_snapshot_preview2', 'fd_close'))).toThrow('wasi_snapshot_preview2.fd_close')
})
