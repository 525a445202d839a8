import { Failure } from '../protocol/failure.ts'
import { bindingsOf } from '../protocol/manifest/bindings.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { scopeOf } from '../protocol/manifest/manifest.ts'
import { compileRecipe } from '../protocol/manifest/recipe.ts'

import type { SampleJob } from './job.ts'

type Kernel1 = {
  readonly memory: WebAssembly.Memory
  alloc(size: number): number
  run(pointer: number, size: number): bigint
}

/** Runs the WASM of a job as it is, without the sandbox: for tests and measurements of kernels that are our own. */
export function runnerOf({ manifest, blobs }: SampleJob): (unit: number) => Uint8Array {
  const program = manifest.programs.find((entry) => entry.kind === 'wasm')
  const code = program && blobs.get(program.code.cid)
  if (program?.kind !== 'wasm' || code === undefined)
    throw new Failure('unsupported', `${manifest.app.name}: no WASM to run`)
  const fill = compileRecipe(program.wasm.stdin, scopeOf(manifest.units, manifest).names)
  const bind = bindingsOf(manifest)
  const inputs = inputsOf(manifest, blobs)
  const run = instantiate(code)
  return (unit) => run(fill({ bindings: bind(unit), params: manifest.params, inputs }))
}

/** The bytes of a job's inputs by their names. */
export function inputsOf(manifest: Manifest, blobs: SampleJob['blobs']): Map<string, Uint8Array> {
  return new Map(manifest.inputs.map(({ name, cid }) => [name, blobs.get(cid) ?? new Uint8Array(0)]))
}

/** Makes a module's `run` a function from bytes to bytes. */
function instantiate(code: Uint8Array): (input: Uint8Array) => Uint8Array {
  const module = new WebAssembly.Module(code.slice())
  const kernel = new WebAssembly.Instance(module).exports as unknown as Kernel1
  return (input) => {
    const pointer = kernel.alloc(input.length)
    new Uint8Array(kernel.memory.buffer).set(input, pointer)
    const result = kernel.run(pointer, input.length)
    const [start, size] = [Number(result >> 32n), Number(result & 0xffffffffn)]
    return new Uint8Array(kernel.memory.buffer).slice(start, start + size)
  }
}
