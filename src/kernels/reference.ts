import { Failure } from '../protocol/failure.ts'
import { bindingsOf } from '../protocol/manifest/bindings.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { scopeOf } from '../protocol/manifest/manifest.ts'
import type { WasmProgram } from '../protocol/manifest/program.ts'
import { compileRecipe } from '../protocol/manifest/recipe.ts'
import { named } from './code.ts'
import { fractalCode } from './fractal/meta.ts'
import { paintTile } from './fractal/reference.ts'
import { pathtraceCode } from './pathtrace/meta.ts'
import { traceTile } from './pathtrace/reference.ts'
import { squareCode } from './square/meta.ts'
import { squareWords } from './square/reference.ts'

/** What a kernel's plain TypeScript twin makes of one unit. */
type Reference = (unit: number) => Uint8Array

const references = [
  { code: squareCode, run: squareWords },
  { code: fractalCode, run: paintTile },
  { code: pathtraceCode, run: traceTile },
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
