import { cidOf } from '../../../protocol/cid.ts'
import type { KernelSource } from '../../executor.ts'
import type { TestJob } from '../../test-job.ts'
import { testSource } from '../../test-job.ts'

/** What a test says of a program for WASI: its setting, its outputs, and the texts of its inputs. */
export type TestProgram = {
  readonly wasm: Readonly<Record<string, unknown>>
  readonly outputs: readonly Readonly<Record<string, unknown>>[]
  readonly texts?: Readonly<Record<string, string>>
  readonly limits?: Readonly<Record<string, unknown>>
}

const text = (name: string): Record<string, unknown> => ({ name, type: 'u8', bytes: 400, upTo: true })
const whole = (path: string, input: string): Record<string, unknown> => ({ path, content: [{ input }] })

const script = `
local unit = tonumber(arg[1])
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print("fib", unit, fib(unit))
print(string.format("%.10f", math.pi * unit), ("word "):rep(2):upper(), math.random(1000000))
for line in io.lines("/numbers") do io.write(line * 2, ";") end
`

/** Jobs for programs compiled by others, by the name of the program: C, Rust, an interpreter, and AssemblyScript. */
export const testPrograms = {
  survey: {
    wasm: {
      args: [{ value: '$i' }],
      env: { JOB: 'Größe' },
      stdin: [{ u32: ['$i * 3'] }],
      files: [whole('/data/table.txt', 'table')],
    },
    outputs: [text('summary'), text('report')],
    texts: { table: '3 1.5 2 9 4.25\n' },
  },
  words: {
    wasm: {
      args: ['2'],
      files: [whole('/text.txt', 'poem')],
      from: { list: 'stdout', note: '/made/by/words' },
    },
    outputs: [text('note'), text('list')],
    texts: { poem: 'The cat and the dog and the bird\n' },
  },
  lua: {
    wasm: {
      args: ['/script.lua', { value: '$i + 10' }],
      files: [whole('/script.lua', 'script'), whole('/numbers', 'numbers')],
    },
    outputs: [text('out')],
    texts: { script, numbers: '1\n20\n300\n' },
  },
  leave: {
    wasm: { args: ['l'] },
    outputs: [{ name: 'letter', type: 'u8', bytes: 1 }],
  },
  collatz: {
    wasm: { args: ['c'], stdin: [{ u32: ['$i + 27'] }] },
    outputs: [{ name: 'steps', type: 'u32', bytes: 4 }],
  },
} satisfies Record<string, TestProgram>

/** Makes a job of a program for WASI. */
export function wasiSource(
  code: Uint8Array,
  { wasm, outputs, texts = {}, limits = {} }: TestProgram,
): KernelSource {
  const inputs = Object.entries(texts).map(([name, content]) => {
    const bytes = new TextEncoder().encode(content)
    return { name, bytes, entry: { name, cid: cidOf(bytes), bytes: bytes.length } }
  })
  const job: TestJob = {
    manifest: { inputs: inputs.map(({ entry }) => entry), outputs, limits },
    program: { wasm: { abi: 'wasi-preview1', ...wasm } },
  }
  return { ...testSource(code, job), inputs: new Map(inputs.map(({ name, bytes }) => [name, bytes])) }
}
