import { describe, expect, test } from 'vitest'
import { sampleJob } from '../kernels/sample.ts'
import { makeKey } from '../protocol/account.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import { cidOf } from '../protocol/cid.ts'
import { Failure } from '../protocol/failure.ts'
import { parseManifest } from '../protocol/manifest/manifest.ts'
import { assemble, text } from '../worker/meter/assemble.ts'
import { loadInNode } from '../worker/node-kernel.ts'
import { checkDraft, ownSource } from './draft.ts'
import type { Draft } from './state.ts'

const draft = sampleJob('square', 0, { priceWei: '1', units: 2 })
const [[cid, code] = []] = [...draft.blobs]
const keys = { publisher: makeKey(), settler: makeKey() }
const check = (made: Draft): Promise<void> =>
  checkDraft(made, { keys, load: loadInNode, mayCompile: true, checked: new Map() })

test('a job of several rounds is refused until publishers can run them', async () => {
  const manifest = { ...draft.manifest, rounds: 2 }
  await expect(check({ ...draft, manifest })).rejects.toThrow(
    'rounds: more than one round is not supported yet',
  )
})

test('the samples pass, with their bytes and programs', async () => {
  for (const name of ['square', 'fractal', 'life', 'sort', 'boids'] as const)
    await check(sampleJob(name, 0, { priceWei: '1' }))
})

test('a draft that lacks bytes, or has others, is refused with the path', async () => {
  if (cid === undefined || code === undefined) throw new Error('the sample has no code')
  await expect(check({ ...draft, blobs: new Map() })).rejects.toThrow('programs[0].code.cid')
  const shorter = new Map([[cid, code.subarray(1)]])
  await expect(check({ ...draft, blobs: shorter })).rejects.toThrow('programs[0].code.bytes')
  const other = code.slice().fill(1)
  await expect(check({ ...draft, blobs: new Map([[cid, other]]) })).rejects.toThrow(
    `programs[0].code.cid: expected ${cidOf(other)}`,
  )
})

describe('a program that no provider would run is refused before it is paid for, by name', () => {
  const run = [0x42, 0]
  const imports = (module: string, name: string, more: readonly number[] = [0, 0]): number[] => [
    1,
    ...text(module),
    ...text(name),
    ...more,
  ]
  const SOCKET = imports('wasi_snapshot_preview1', 'sock_send')
  const noRun = [2, ...text('memory'), 2, 0, ...text('alloc'), 0, 0]
  test.each<[string, Uint8Array, string, string]>([
    [
      'a socket',
      assemble({ run, sections: { 2: SOCKET } }),
      'wasi-preview1',
      'imports wasi_snapshot_preview1.sock_send (function), sockets are not offered',
    ],
    [
      'an import of its own',
      assemble({ run, sections: { 2: imports('env', 'fetch') } }),
      'kernel1',
      'imports env.fetch (function), which is not allowed',
    ],
    ['threads', assemble({ run, memory: [3, 1, 1] }), 'kernel1', 'threads (a shared memory)'],
    ['no run', assemble({ run, sections: { 7: noRun } }), 'kernel1', 'does not export a function "run"'],
    [
      'no start',
      assemble({ run, sections: { 7: noRun } }),
      'wasi-preview1',
      'does not export a function "run", as wasi-preview1 asks',
    ],
    [
      'too much memory',
      assemble({ run, memory: [0, 17] }),
      'kernel1',
      'asks for 17 pages of 64 KiB at the start; memoryPages allows 16',
    ],
    ['half a module', assemble({ run }).slice(0, 40), 'kernel1', 'WASM'],
    ['no module', new TextEncoder().encode('console.log(1)'), 'kernel1', 'WASM'],
    ['a body of wrong types', assemble({ run: [0x41, 0] }), 'kernel1', 'is not valid'],
  ])('%s', async (_, bytes, abi, message) => {
    const wasm = { abi, memoryPages: 16, ...(abi === 'kernel1' && { stdin: [] }) }
    const made = draftOf([{ kind: 'wasm', wasm }, bytes])
    await expect(check(made)).rejects.toThrow(/^programs\[0\]\.code: /)
    await expect(check(made)).rejects.toThrow(message)
    await expect(check(made)).rejects.toThrow(Failure)
  })

  const head = `@group(0) @binding(0) var<storage, read_write> out: array<u32>;\n`
  const main = (body: string): string => `${head}@compute @workgroup_size(64) fn main() { ${body} }`
  const buffers = [{ name: 'out', bytes: 64 }]
  const pass = { entry: 'main', bindings: [['out']], dispatch: [1] }
  const good = { kind: 'wgsl', buffers, passes: [pass] }
  const second = { name: 'more', bytes: 64, usage: 'uniform' }
  test.each<[string, string, object, string]>([
    ['no WGSL', 'int main() { return 0; }', {}, 'programs[1].code: WGSL'],
    [
      'another entry',
      main('').replace('main', 'begin'),
      {},
      'programs[1].code: WGSL: the entry point "main" is not there',
    ],
    [
      'no binding for it',
      main('out[0] = 1u;').replace('binding(0)', 'binding(1)'),
      {},
      'programs[1].code: WGSL: out is at @group(0) @binding(1): "main" uses it, and the manifest binds no buffer there',
    ],
    [
      'a buffer of another kind',
      main('out[0] = 1u;'),
      { buffers: [...buffers, second], passes: [{ ...pass, bindings: [['more']] }] },
      'programs[1].code: WGSL: out is at @group(0) @binding(0): it is not a uniform buffer',
    ],
    [
      'a loop without measure',
      main('for (;;) { out[0] += 1u; }'),
      { passes: [{ ...pass, dispatch: [4096, 64], repeat: 4096 }] },
      'lower limits.loopBound',
    ],
    [
      'a dispatch without measure',
      main('out[0] = 1u;'),
      { passes: [{ ...pass, dispatch: [4096, 128] }] },
      '33554432 invocations; at most 16777216',
    ],
    ['a workgroup without measure', main('').replace('64', '257'), {}, 'has a workgroup of 257 invocations'],
    [
      'no workgroups at all',
      main(''),
      { passes: [{ ...pass, dispatch: ['$i'] }] },
      'programs[1].passes[0].dispatch[0]: expected 1 to 65535',
    ],
    [
      'an output larger than its buffer',
      main(''),
      { buffers: [{ name: 'out', bytes: 32 }] },
      'outputs[0].bytes: expected at most the bytes of its buffer',
    ],
    [
      'buffers for more than a GPU',
      main('out[0] = 1u;'),
      {
        requires: { limits: { maxStorageBufferBindingSize: 2 ** 29 } },
        buffers: [{ name: 'out', bytes: 2 ** 29 }],
      },
      'more bytes than the 268435456 that are allowed',
    ],
    [
      'a texture',
      `@group(0) @binding(0) var picture: texture_2d<f32>;\n@compute @workgroup_size(1) fn main() {}`,
      {},
      'textures and samplers are not supported yet',
    ],
  ])('WGSL: %s', async (_, wgsl, change, message) => {
    const wasm = { kind: 'wasm', wasm: { abi: 'kernel1', stdin: [] } }
    const made = draftOf([wasm, assemble({ run })], [{ ...good, ...change }, new TextEncoder().encode(wgsl)])
    await expect(check(made)).rejects.toThrow(message)
    await expect(check(made)).rejects.toThrow(/^(programs\[1\]|outputs\[0\])\./)
  })

  /** A draft of programs, each with its code. */
  function draftOf(...programs: readonly (readonly [object, Uint8Array])[]): Draft {
    const manifest = parseManifest({
      weft: 1,
      app: { name: 'test' },
      programs: programs.map(([program, bytes]) => {
        return { ...program, code: { cid: cidOf(bytes), bytes: bytes.length } }
      }),
      units: { kind: 'range', to: 10 },
      outputs: [{ name: 'out', type: 'u32', bytes: 64 }],
      price: { replica: '1' },
    })
    return { manifest, blobs: new Map(programs.map(([, bytes]) => [cidOf(bytes), bytes])) }
  }
})

test('what keeps a program from being checked is not told as its fault', async () => {
  const slow = new Failure('timeout', 'the thread gave no answer')
  await expect(
    checkDraft(draft, { keys, load: () => Promise.reject(slow), checked: new Map() }),
  ).rejects.toBe(slow)
})

test('a module is loaded once for the same bytes, whatever else of the job changes, and never for bytes that differ', async () => {
  let loads = 0
  const run = async (): Promise<[]> => []
  const load: typeof loadInNode = async () => {
    loads += 1
    if (loads === 1) throw new Failure('timeout', 'busy')
    return { executor: 'wasm', run, runSome: run, close: () => undefined }
  }
  const desk = { keys, load, checked: new Map() }
  await expect(checkDraft(draft, desk)).rejects.toThrow('busy')
  const { manifest } = draft
  const dearer = { ...draft, manifest: { ...manifest, app: { ...manifest.app, name: 'Dearer' } } }
  await Promise.all([checkDraft(draft, desk), checkDraft(dearer, desk)])
  await checkDraft(draft, desk)
  expect(loads).toBe(2)
  const limits = { ...manifest.limits, fuel: manifest.limits.fuel - 1 }
  await checkDraft({ ...draft, manifest: { ...manifest, limits } }, desk)
  expect(loads).toBe(3)
  if (cid === undefined || code === undefined) throw new Error('the sample has no code')
  const other = new Map([[cid, code.slice().fill(1)]])
  await expect(checkDraft({ ...draft, blobs: other }, desk)).rejects.toThrow('programs[0].code.cid')
})

test('the own kernel is read from the store, and what is missing is named', async () => {
  const source = await ownSource(draft.manifest, ZERO_ADDRESS, async (wanted) => draft.blobs.get(wanted))
  expect(source).toMatchObject({ executor: 'wasm', code })
  await expect(ownSource(draft.manifest, ZERO_ADDRESS, async () => undefined)).rejects.toThrow(
    `${cid}: expected bytes`,
  )
})
