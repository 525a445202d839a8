import { concat, fromHex } from '../../protocol/bytes.ts'
import { digestOf } from '../../protocol/digest.ts'
import { Failure } from '../../protocol/failure.ts'
import { bindingsOf } from '../../protocol/manifest/bindings.ts'
import type { Bindings } from '../../protocol/manifest/expression.ts'
import { compileExpression } from '../../protocol/manifest/expression.ts'
import type { Manifest } from '../../protocol/manifest/manifest.ts'
import { manifestCid } from '../../protocol/manifest/manifest.ts'
import { joinOutputs } from '../../protocol/manifest/outputs.ts'
import type { Recipe } from '../../protocol/manifest/recipe.ts'
import { compilePieces } from '../../protocol/manifest/recipe.ts'
import type { Argument, WasiSetting } from '../../protocol/manifest/wasi-setting.ts'
import { STDOUT, sourcesOf } from '../../protocol/manifest/wasi-setting.ts'
import type { Round } from '../executor.ts'
import type { UnitEnd } from '../kernel1.ts'
import { checkFits, namesOf } from '../unit.ts'
import type { WasiCall } from './host.ts'
import type { WasiEnd } from './run-wasi.ts'
import { runWasi, said } from './run-wasi.ts'
import { MAX_FILE_BYTES } from './tree.ts'

/** A program of a manifest, metered and compiled. */
export type WasiProgram = {
  readonly module: WebAssembly.Module
  readonly manifest: Manifest
  readonly inputs: ReadonlyMap<string, Uint8Array>
  readonly wasm: WasiSetting & { readonly stdin: Recipe }
}

/** The name under which every program finds itself in its arguments. */
const NAME = 'program'

/** Gives the function that runs a unit of a program for WASI. It throws `fuel`, `memory`, `oversized`, `trap` or `malformed`. */
export function loadWasi(program: WasiProgram): (unit: number, round: Round) => UnitEnd {
  const { module, manifest, wasm } = program
  const { fuel, outputBytes } = manifest.limits
  const call = callOf(program)
  const sources = sourcesOf(wasm, manifest.outputs)
  return (unit, round) => {
    const end = runWasi(module, call(unit, round), fuel)
    if (end.exitCode !== 0)
      throw new Failure('trap', `the program ended with exit code ${end.exitCode}${said(end.stderr)}`)
    const parts = sources.map((source) => outputFrom(end, source, outputBytes))
    return { output: joinOutputs(parts), fuel: end.fuel }
  }
}

/** Prepares what a program gets, for unit after unit. */
function callOf({ manifest, inputs, wasm }: WasiProgram): (unit: number, round: Round) => WasiCall {
  const names = namesOf(manifest)
  const bind = bindingsOf(manifest)
  const args = (wasm.args ?? []).map((argument) => compileArgument(argument, names))
  const env = Object.entries(wasm.env ?? {}).map(([name, value]) => `${name}=${value}`)
  const recipes = [wasm.stdin, ...(wasm.files ?? []).map(({ content }) => content)]
  const cuts = recipes.map((recipe) => compilePieces(recipe, names))
  const job = manifestCid(manifest)
  return (unit, { index, previous }) => {
    const bindings = bind(unit, index)
    const before = index === 0 ? undefined : previous
    const parts = { bindings, params: manifest.params, inputs, previous: before, isTight: true } as const
    const all = cuts.map((cut) => cut(parts))
    checkFits(all.flat(), MAX_FILE_BYTES, 'stdin and files')
    const [stdin, ...contents] = all.map(concat)
    return {
      args: [NAME, ...args.map((write) => write(bindings))],
      env,
      stdin: stdin ?? new Uint8Array(0),
      files: contents.map((content, place) => ({ path: wasm.files?.[place]?.path ?? '', content })),
      seed: seedOf(job, unit, index),
      outputBytes: manifest.limits.outputBytes,
    }
  }
}

/** What time and random numbers of a unit follow from: the job, the unit and the round, and nothing else. */
function seedOf(job: string, unit: number, round: number): Uint8Array {
  return fromHex(digestOf(new TextEncoder().encode(`weft wasi 1 ${job} ${unit} ${round}`)))
}

function compileArgument(argument: Argument, names: readonly string[]): (bindings: Bindings) => string {
  if (typeof argument === 'string') return () => argument
  const evaluate = compileExpression(argument.value, 'args', names)
  return (bindings) => String(evaluate(bindings))
}

function outputFrom(end: WasiEnd, source: string, limit: number): Uint8Array<ArrayBuffer> {
  const bytes = source === STDOUT ? end.stdout : end.file(source)
  if (bytes === undefined) throw new Failure('malformed', `the program left no file ${source}`)
  if (bytes.length > limit)
    throw new Failure(
      'oversized',
      `the output ${source} has ${bytes.length} bytes, more than the limit of ${limit}`,
    )
  return bytes
}
