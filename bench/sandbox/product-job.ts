import type { Named } from '../../src/kernels/code.ts'
import { named } from '../../src/kernels/code.ts'
import type { SampleJob } from '../../src/kernels/job.ts'
import { finishJob } from '../../src/kernels/job.ts'
import { probe, probeCode, probeText } from '../../src/kernels/probe/meta.ts'
import { probeNumbers } from '../../src/kernels/probe/reference.ts'
import type { Variant } from '../../src/protocol/manifest/wgsl/wgsl-program.ts'

/** A product of square matrices of words; `side` is an expression, a multiple of 32 and at most 512. */
export type Product = {
  readonly side: string
  readonly turns: number
  readonly variants: readonly Variant[]
  /** Beside WGSL: a module of ours, by whether it uses SIMD, or one that takes the same input. */
  readonly wasm?: 'scalar' | 'SIMD' | Uint8Array
}

const UNITS = 24

/** Makes a job whose programs all give the same bytes, and whose units are all alike unless `side` depends on `$i`. */
export function productJob({ side, turns, variants, wasm }: Product): SampleJob {
  const text = named(probeText())
  const numbers = named(probeNumbers())
  const code = wasm && named(typeof wasm === 'string' ? probeCode() : wasm)
  const head = { u32: [side, turns, wasm === 'SIMD' ? 1 : 0, 0] }
  const bytes = `4*(${side})*(${side})`
  const groups = `(${side})/32` // of 8 x 8 invocations that make 4 x 4 words each
  const wgsl = (variant: Variant): unknown => ({
    kind: 'wgsl',
    variant,
    code: fileOf(text),
    buffers: [
      { name: 'head', bytes: 16, init: [head] },
      { name: 'numbers', bytes: numbers.bytes.length, init: [{ input: 'numbers' }] },
      { name: 'product', bytes },
    ],
    passes: [
      { entry: `${variant}_tile`, bindings: [['head', 'numbers', 'product']], dispatch: [groups, groups] },
    ],
  })
  const twin = code && {
    kind: 'wasm',
    code: fileOf(code),
    wasm: { abi: 'kernel1', memoryPages: 64, stdin: [head, { input: 'numbers' }] },
  }
  const manifest = {
    weft: 1,
    app: { name: 'Products' },
    programs: [...(twin === undefined ? [] : [twin]), ...variants.map(wgsl)],
    inputs: [{ name: 'numbers', ...fileOf(numbers) }],
    units: { kind: 'range', name: 'i', to: UNITS },
    outputs: [{ name: 'product', type: 'u32', bytes }],
    limits: { fuel: 1_000_000_000_000, loopBound: 512, outputBytes: 4 * probe.maxSide ** 2 },
    price: { replica: '0' },
  }
  return finishJob(manifest, [text, numbers, ...(code === undefined ? [] : [code])])
}

function fileOf({ cid, bytes }: Named): { cid: Named['cid']; bytes: number } {
  return { cid, bytes: bytes.length }
}
