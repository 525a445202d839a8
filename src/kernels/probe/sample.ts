import type { Named } from '../code.ts'
import { named } from '../code.ts'
import type { SampleJob } from '../job.ts'
import { finishJob } from '../job.ts'
import { probe, probeCode, probeText } from './meta.ts'
import { probeNumbers } from './reference.ts'

const app = { name: 'Admission benchmark', purpose: 'Measures what this browser is good at.' }
const price = { replica: '0' }

/** The two jobs of the admission benchmark: WASM without and with SIMD, each beside a twin in WGSL. */
export type ProbeJobs = { readonly plain: SampleJob; readonly tiled: SampleJob }

/** Makes the jobs that multiply: `plain` is scalar WASM and register tiles, `tiled` is SIMD and workgroup tiles. */
export function probeJobs(): ProbeJobs {
  const parts = { code: named(probeCode()), text: named(probeText()), numbers: named(probeNumbers()) }
  return {
    plain: multiplyJob(parts, { simd: 0, entry: 'register_tile' }),
    tiled: multiplyJob(parts, { simd: 1, entry: 'workgroup_tile' }),
  }
}

/** The unit of a job that multiplies: the place of the side in `probe.sides`, and from 1 on how often. */
export function probeUnit(scale: number, turns: number): number {
  return (turns - 1) * probe.sides.length + scale
}

type Parts = Readonly<Record<'code' | 'text' | 'numbers', Named>>
type Leg = { readonly simd: 0 | 1; readonly entry: string }

function multiplyJob({ code, text, numbers }: Parts, { simd, entry }: Leg): SampleJob {
  const side = '128*(1+$scale+max(0,$scale-1))'
  const recipe = [{ u32: [side, '$turns+1', simd, 0] }]
  const productBytes = '65536*(1+$scale+max(0,$scale-1))*(1+$scale+max(0,$scale-1))'
  const groups = `${side}/32` // of 8 x 8 invocations that make 4 x 4 words each
  const manifest = {
    weft: 1,
    app,
    programs: [
      {
        kind: 'wasm',
        code: { cid: code.cid, bytes: code.bytes.length },
        wasm: { abi: 'kernel1', memoryPages: 64, stdin: [...recipe, { input: 'numbers' }] },
      },
      {
        kind: 'wgsl',
        code: { cid: text.cid, bytes: text.bytes.length },
        buffers: [
          { name: 'head', bytes: 16, init: recipe },
          { name: 'numbers', bytes: numbers.bytes.length, init: [{ input: 'numbers' }] },
          { name: 'product', bytes: productBytes },
        ],
        passes: [{ entry, bindings: [['head', 'numbers', 'product']], dispatch: [groups, groups] }],
      },
    ],
    inputs: [{ name: 'numbers', cid: numbers.cid, bytes: numbers.bytes.length }],
    units: {
      kind: 'grid',
      axes: [
        { name: 'turns', count: probe.maxTurns },
        { name: 'scale', count: probe.sides.length },
      ],
    },
    outputs: [{ name: 'product', type: 'u32', bytes: productBytes }],
    limits: {
      fuel: 1_000_000_000_000,
      loopBound: 16_384,
      timeMs: 10_000,
      outputBytes: 4 * probe.maxSide ** 2,
    },
    price,
  }
  return finishJob(manifest, [code, text, numbers])
}

/** The job of one unit that shows how the floats of an adapter behave. Every NaN comes out alike, as from any f32 output. */
export function fingerprintJob(): SampleJob {
  const text = named(probeText())
  const patterns = fingerprintPatterns()
  const bytes = patterns.length * 24 * 4
  const manifest = {
    weft: 1,
    app,
    programs: [
      {
        kind: 'wgsl',
        code: { cid: text.cid, bytes: text.bytes.length },
        buffers: [
          { name: 'patterns', bytes: patterns.length * 4, init: [{ u32: patterns }] },
          { name: 'figures', bytes },
        ],
        passes: [{ entry: 'fingerprint', bindings: [['patterns', 'figures']], dispatch: [1] }],
      },
    ],
    units: { kind: 'range', to: 1 },
    outputs: [{ name: 'figures', type: 'f32', bytes }],
    limits: { loopBound: 16, timeMs: 10_000, outputBytes: bytes },
    price,
  }
  return finishJob(manifest, [text])
}

/** Bits of floats at which devices differ, and of some ordinary ones between -16 and 16. */
function fingerprintPatterns(): number[] {
  const special = [
    ...[0, 0x80000000, 1, 0x80000001, 0x00400000, 0x007fffff, 0x00800000, 0x7f7fffff],
    ...[0x7f800000, 0xff800000, 0x7fc00000, 0x3f800000, 0xbf800000, 0x3f000000, 0x3fc00000, 0x40200000],
    ...[0x4b800001, 0x4f000000, 0x4f800000, 0xcf000001, 0x5f000000, 0x33800000, 0x0da24260, 0x3dcccccd],
  ]
  const ordinary = Array.from(
    { length: 40 },
    (_, place) =>
      new Uint32Array(
        Float32Array.of(Math.fround(((place * 7919) % 3200) / 100 - 16) + 1 / (place + 3)).buffer,
      )[0] ?? 0,
  )
  return [...special, ...ordinary]
}
