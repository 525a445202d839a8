import { Failure } from '../protocol/failure.ts'
import { bindingsOf } from '../protocol/manifest/bindings.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { scopeOf } from '../protocol/manifest/manifest.ts'
import { compileRecipe } from '../protocol/manifest/recipe.ts'
import type { WasmProgram } from '../protocol/manifest/wasm-program.ts'
import { boidsCode } from './boids/meta.ts'
import { paintBoids } from './boids/reference.ts'
import { named } from './code.ts'
import { fftCode } from './fft/meta.ts'
import { transformWords } from './fft/reference.ts'
import { fractalCode } from './fractal/meta.ts'
import { paintTile } from './fractal/reference.ts'
import { hashCode } from './hash/meta.ts'
import { hashMessages } from './hash/reference.ts'
import { lifeCode } from './life/meta.ts'
import { paintLife } from './life/reference.ts'
import { mapCode } from './map/meta.ts'
import { mapWords } from './map/reference.ts'
import { matmulCode } from './matmul/meta.ts'
import { multiplyMatrices } from './matmul/reference.ts'
import { matmulIntegerCode } from './matmul-integer/meta.ts'
import { multiplyIntegers } from './matmul-integer/reference.ts'
import { monteCarloCode } from './monte-carlo/meta.ts'
import { countHits } from './monte-carlo/reference.ts'
import { pathtraceCode } from './pathtrace/meta.ts'
import { traceTile } from './pathtrace/reference.ts'
import { reduceCode } from './reduce/meta.ts'
import { reduceWords } from './reduce/reference.ts'
import { scanCode } from './scan/meta.ts'
import { scanWords } from './scan/reference.ts'
import { sortCode } from './sort/meta.ts'
import { sortWords } from './sort/reference.ts'
import { squareCode } from './square/meta.ts'
import { squareWords } from './square/reference.ts'

/** What a kernel's plain TypeScript twin makes of one unit. */
type Reference = (unit: number) => Uint8Array

const references = [
  { code: squareCode, run: squareWords },
  { code: fractalCode, run: paintTile },
  { code: pathtraceCode, run: traceTile },
  { code: boidsCode, run: paintBoids },
  { code: fftCode, run: transformWords },
  { code: hashCode, run: hashMessages },
  { code: lifeCode, run: paintLife },
  { code: mapCode, run: mapWords },
  { code: matmulCode, run: multiplyMatrices },
  { code: matmulIntegerCode, run: multiplyIntegers },
  { code: monteCarloCode, run: countHits },
  { code: reduceCode, run: reduceWords },
  { code: scanCode, run: scanWords },
  { code: sortCode, run: sortWords },
] as const

/**
 * The plain TypeScript twin of a manifest's kernel, told by the CID of its WASM, with the job's inputs by name. Each unit's input is
 * put together by the manifest's own recipe, so the whole way from manifest to output is checked. Throws `unsupported` for a kernel that is not ours.
 */
export function referenceOf(manifest: Manifest, inputs: ReadonlyMap<string, Uint8Array>): Reference {
  const program = manifest.programs.find((entry): entry is WasmProgram => entry.kind === 'wasm')
  const found = references.find(({ code }) => named(code()).cid === program?.code.cid)
  if (program === undefined || found === undefined)
    throw new Failure('unsupported', `${manifest.app.name}: there is no plain reference for this kernel`)
  const fill = compileRecipe(program.wasm.stdin, scopeOf(manifest.units, manifest).names)
  const bind = bindingsOf(manifest)
  return (unit) => found.run(fill({ bindings: bind(unit), params: manifest.params, inputs }))
}
