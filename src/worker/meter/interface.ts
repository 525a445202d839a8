import { Failure } from '../../protocol/failure.ts'
import { WASI_MODULE, wasiFunctions } from '../wasi/imports.ts'
import type { Signature } from './declaration.ts'
import type { WasmReader } from './wasm-reader.ts'

/** How the host and a module speak: `kernel1` of our own, or WASI preview 1. */
export type Abi = 'kernel1' | 'wasi-preview1'

/** What every module may import: AssemblyScript's `abort`, which ends the unit as a trap. */
const abort = new Map([['abort', 'i32 i32 i32 i32 -> ']])
const offers: Record<Abi, ReadonlyMap<string, ReadonlyMap<string, string>>> = {
  kernel1: new Map([['env', abort]]),
  'wasi-preview1': new Map([
    ['env', abort],
    [WASI_MODULE, wasiFunctions],
  ]),
}

const EXIT = 'proc_exit'
const [FUNCTION, MEMORY] = [0, 2]
const kinds = ['function', 'table', 'memory', 'global', 'tag']
/** What metering exports begins with this. */
const RESERVED = 'weft:'

/** A function that a module imports. `isExit`: a call of it ends the unit, and well. */
export type Imported = { readonly type: Signature; readonly isExit: boolean }

/** Reads the import section and gives the imported functions. Throws `refused` for all that `abi` does not offer. */
export function readImports(section: WasmReader, types: readonly Signature[], abi: Abi): Imported[] {
  return section.list(() => {
    const [module, name, kind] = [section.name(), section.name(), section.byte()]
    const expected = kind === FUNCTION ? offers[abi].get(module)?.get(name) : undefined
    const isSocket = module === WASI_MODULE && name.startsWith('sock_')
    const what = kinds[kind] ?? 'of an unknown kind'
    const why = isSocket ? 'sockets are not offered' : 'which is not allowed'
    if (expected === undefined) throw refused(`The WASM module imports ${module}.${name} (${what}), ${why}`)
    const type = types[section.u32()]
    if (type?.text !== expected)
      throw refused(
        `The import ${module}.${name} must have the type ${expected}, not ${type?.text ?? 'an unknown one'}`,
      )
    return { type, isExit: module === WASI_MODULE && name === EXIT }
  })
}

/** Checks that the host finds what it calls. Throws `refused`, naming what is missing or wrong. */
export function checkExports(section: WasmReader, functions: readonly Signature[], abi: Abi): void {
  const found = new Map<string, { kind: number; index: number }>()
  section.list(() => {
    const [name, kind, index] = [section.name(), section.byte(), section.u32()]
    if (name.startsWith(RESERVED))
      throw refused(`The WASM module exports "${name}", a name that metering keeps for itself`)
    found.set(name, { kind, index })
  })
  const typeOf = (name: string): string | undefined => {
    const entry = found.get(name)
    return entry?.kind === FUNCTION ? (functions[entry.index]?.text ?? 'an unknown one') : undefined
  }
  if (found.get('memory')?.kind !== MEMORY)
    throw refused(`The WASM module does not export its memory as "memory", as ${abi} asks`)
  for (const { name, types } of entries(abi, typeOf('_start') !== undefined)) {
    const type = typeOf(name)
    if (type === undefined && types.includes(ABSENT)) continue
    if (type === undefined)
      throw refused(`The WASM module does not export a function "${name}", as ${abi} asks`)
    if (!types.includes(type))
      throw refused(`The export "${name}" has ${show(type)}; ${abi} asks for ${show(types[0] ?? '')}`)
  }
}

const ABSENT = 'absent'
const NOTHING = ' -> '

function show(type: string): string {
  return type === NOTHING ? 'no parameters and no result' : `the type ${type}`
}

/** The functions that the host calls, with the types that they may have. A reactor of WASI is one without `_start`. */
function entries(abi: Abi, isCommand: boolean): { name: string; types: string[] }[] {
  if (abi === 'kernel1')
    return [
      { name: 'alloc', types: ['i32 -> i32'] },
      { name: 'run', types: ['i32 i32 -> i64'] },
    ]
  if (isCommand) return [{ name: '_start', types: [NOTHING] }]
  return [
    { name: '_initialize', types: [NOTHING, ABSENT] },
    { name: 'run', types: [NOTHING, ' -> i32'] },
  ]
}

function refused(message: string): Failure {
  return new Failure('refused', message)
}
