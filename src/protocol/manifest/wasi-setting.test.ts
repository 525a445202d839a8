import { expect, test } from 'vitest'
import { cidOf } from '../cid.ts'
import { decodeManifest, encodeManifest, parseManifest } from './manifest.ts'
import { sourcesOf } from './wasi-setting.ts'

const code = { cid: cidOf(Uint8Array.of(1)), bytes: 1 }
const outputs = [
  { name: 'list', type: 'u8', bytes: 100, upTo: true },
  { name: 'note', type: 'u8', bytes: 4 },
]

/** A manifest of a program for WASI with this setting. */
function manifest(wasm: Readonly<Record<string, unknown>>): unknown {
  return {
    weft: 1,
    app: { name: 'test' },
    programs: [{ kind: 'wasm', code, wasm: { abi: 'wasi-preview1', ...wasm } }],
    inputs: [{ name: 'poem', ...code }],
    units: { kind: 'range', to: 10 },
    outputs,
    price: { replica: '1' },
  }
}

function wasmOf(wasm: Readonly<Record<string, unknown>>): unknown {
  const [program] = parseManifest(manifest(wasm)).programs
  return program?.kind === 'wasm' ? program.wasm : undefined
}

test('what a setting does not say stays out of the manifest, and so of its name', () => {
  expect(wasmOf({})).toEqual({ abi: 'wasi-preview1', stdin: [], memoryPages: 256 })
  const full = {
    args: ['-n', { value: '$i * 2' }],
    env: { LANG: 'C.UTF-8' },
    files: [{ path: '/in/poem.txt', content: [{ input: 'poem' }] }],
    from: { list: '/out', note: 'stdout' },
    stdin: [{ u32: ['$i'] }],
    memoryPages: 32,
  }
  expect(wasmOf(full)).toEqual({ abi: 'wasi-preview1', ...full })
  const parsed = parseManifest(manifest(full))
  expect(decodeManifest(encodeManifest(parsed))).toEqual(parsed)
})

test('the first output is the standard output and others are files, if nothing else is said', () => {
  const { outputs: read } = parseManifest(manifest({}))
  expect(sourcesOf({}, read)).toEqual(['stdout', '/note'])
  expect(sourcesOf({ from: { list: '/out', note: 'stdout' } }, read)).toEqual(['/out', 'stdout'])
})

test('a wrong setting is refused with the path of its field', () => {
  const wrong: Record<string, unknown>[] = [
    { args: ['a\0b'] },
    { args: [{ value: '$j' }] },
    { args: [7] },
    { env: { 'a=b': 'c' } },
    { env: { a: 1 } },
    { files: [{ path: 'poem', content: [] }] },
    { files: [{ path: '/../poem', content: [] }] },
    { files: [{ path: '/poem', content: [{ input: 'prose' }] }] },
    { files: ['/a/b', '/a'].map((path) => ({ path, content: [] })) },
    { from: { poem: 'stdout' } },
    { from: { list: 'stderr' } },
    { from: { note: 'stdout' } },
  ]
  const paths = wrong.map((wasm) => {
    try {
      parseManifest(manifest(wasm))
      return 'it was read'
    } catch (error) {
      return String(error).split(': ')[1]
    }
  })
  expect(paths.map((path) => path?.replace('programs[0].wasm.', ''))).toEqual([
    ...['args[0]', 'args[0].value', 'args[0]', 'env.a=b', 'env.a', 'files[0].path', 'files[0].path'],
    ...['files[0].content[0].input', 'files[1].path', 'from.poem', 'from.list', 'from.note'],
  ])
})

test('a kernel has no arguments', () => {
  expect(() => parseManifest(manifest({ abi: 'kernel1', stdin: [], args: [] }))).toThrow(
    'programs[0].wasm.args: expected nothing, because only programs with the abi "wasi-preview1" have it',
  )
})
