import { readAddress } from '../protocol/address.ts'
import { cidOf } from '../protocol/cid.ts'
import { parseManifest } from '../protocol/manifest/manifest.ts'
import type { Executor, KernelSource } from './executor.ts'

/** What a test may say about its job; everything else is the same for all. */
export type TestJob = {
  readonly executor?: Executor
  readonly owner?: string
  /** Fields of the manifest and of its program, over the usual ones. */
  readonly manifest?: Readonly<Record<string, unknown>>
  readonly program?: Readonly<Record<string, unknown>>
}

/** Makes a job for tests of one WASM or WGSL program: units 0 to 999, one u32 of input (the unit), one u32 of output. */
export function testSource(
  code: Uint8Array,
  { executor = 'wasm', owner, manifest = {}, program = {} }: TestJob = {},
): KernelSource {
  const named = { kind: executor, code: { cid: cidOf(code), bytes: code.length } }
  const wasm = { wasm: { abi: 'kernel1', stdin: [{ u32: ['$i'] }], memoryPages: 16 } }
  const wgsl = {
    buffers: [
      { name: 'head', bytes: 4, init: [{ u32: ['$i'] }] },
      { name: 'out', bytes: 4 },
    ],
    passes: [{ entry: 'main', bindings: [['head', 'out']], dispatch: [1, 1, 1] }],
  }
  return {
    owner: readAddress(owner ?? `0x${'11'.repeat(20)}`, 'owner'),
    executor,
    code,
    inputs: new Map(),
    manifest: parseManifest({
      weft: 1,
      app: { name: 'test' },
      programs: [{ ...named, ...(executor === 'wasm' ? wasm : wgsl), ...program }],
      units: { kind: 'range', to: 1000 },
      outputs: [{ name: 'out', type: 'u32', bytes: 4 }],
      price: { replica: '1' },
      ...manifest,
    }),
  }
}
