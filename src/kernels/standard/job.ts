import type { Named } from '../code.ts'
import { named } from '../code.ts'
import type { SampleJob } from '../job.ts'
import { finishJob } from '../job.ts'

/** What tells one job of ours from another. Recipes, buffers, passes and the rest are written as a publisher writes them. */
export type Twins = {
  readonly name: string
  readonly purpose: string
  /** The module, what goes into it, and how much memory it may have. */
  readonly wasm?: {
    readonly code: Uint8Array
    readonly stdin: readonly unknown[]
    readonly memoryPages: number
  }
  /** A program, or one of each variant. */
  readonly wgsl?: Wgsl | readonly Wgsl[]
  readonly inputs?: Readonly<Record<string, Uint8Array>>
  /** The rest of the manifest: units, outputs and limits at least. */
  readonly manifest: Readonly<Record<string, unknown>>
  readonly priceWei: string
}

type Wgsl = {
  readonly variant?: string
  readonly code: Uint8Array
  readonly buffers: readonly unknown[]
  readonly passes: readonly unknown[]
}

/** Makes a job of a pair of programs that give the same bytes, or of one of them. Throws `malformed`. */
export function jobOf({ name, purpose, wasm, wgsl, inputs = {}, manifest, priceWei }: Twins): SampleJob {
  const blobs = Object.entries(inputs).map(([input, bytes]) => ({ name: input, ...named(bytes) }))
  const codes: Named[] = []
  const codeOf = (bytes: Uint8Array): { cid: Named['cid']; bytes: number } => {
    const code = named(bytes)
    codes.push(code)
    return { cid: code.cid, bytes: bytes.length }
  }
  const programs = [
    ...[wgsl ?? []].flat().map((program) => ({ ...program, kind: 'wgsl', code: codeOf(program.code) })),
    ...(wasm === undefined ? [] : [wasmProgram(wasm, codeOf(wasm.code))]),
  ]
  return finishJob(
    {
      weft: 1,
      app: { name, version: '1.0.0', licence: 'Apache-2.0', author: 'The Weft authors', purpose },
      programs,
      inputs: blobs.map(({ name: input, cid, bytes }) => ({ name: input, cid, bytes: bytes.length })),
      verify: { mode: 'exact-quorum', quorum: 2 },
      price: { replica: priceWei },
      ...manifest,
    },
    [...codes, ...blobs],
  )
}

function wasmProgram({ stdin, memoryPages }: NonNullable<Twins['wasm']>, code: unknown): unknown {
  return { kind: 'wasm', code, wasm: { abi: 'kernel1', stdin, memoryPages } }
}
