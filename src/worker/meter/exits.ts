import type { Signature } from './declaration.ts'
import { isCall, OP, readInstruction } from './instruction.ts'
import type { WasmReader } from './wasm-reader.ts'

/**
 * The calls after which a unit may have ended well: of these functions, by index, and through a table those of these types, by
 * index. Nothing that follows such a call may be paid before it.
 */
export type Exits = { readonly functions: ReadonlySet<number>; readonly types: ReadonlySet<number> }

/** What is known of a module before its code is read: all its types, and the type of each function, imported ones first. */
export type Outline = {
  readonly types: readonly Signature[]
  readonly functions: readonly Signature[]
  /** Which functions end the unit themselves: imports of `proc_exit`. */
  readonly exits: readonly number[]
}

/**
 * Finds all calls that may lead to an exit. A call through a table may lead to any function of its type. Throws as
 * `readInstruction` does.
 */
export function findExits(code: WasmReader, { types, functions, exits }: Outline): Exits {
  const callers = findCallers(code, types, functions.length)
  const found = new Set<number | string>(exits)
  // A set gives what is added while it is walked.
  for (const callee of found) {
    for (const caller of callers.get(callee) ?? []) found.add(caller)
    const type = typeof callee === 'number' ? functions[callee]?.text : undefined
    if (type !== undefined) found.add(type)
  }
  return {
    functions: new Set([...found].filter((entry) => typeof entry === 'number')),
    types: new Set(types.flatMap(({ text }, index) => (found.has(text) ? [index] : []))),
  }
}

/** Who calls each function, by its index, and each type of functions, by its text. */
function findCallers(
  code: WasmReader,
  types: readonly Signature[],
  functionCount: number,
): ReadonlyMap<number | string, readonly number[]> {
  const callers = new Map<number | string, number[]>()
  const count = code.u32()
  for (let caller = functionCount - count; caller < functionCount; caller += 1) {
    const body = code.part(code.u32())
    for (let groups = body.u32(); groups > 0; groups -= 1) {
      body.u32()
      body.byte()
    }
    while (!body.isDone) {
      const start = body.place
      const op = readInstruction(body)
      if (!isCall.has(op)) continue
      const after = body.place
      body.place = start + 1
      const index = body.u32()
      body.place = after
      const isDirect = op === OP.call || op === OP.returnCall
      const callee = isDirect ? index : (types[index]?.text ?? '')
      const known = callers.get(callee)
      if (known === undefined) callers.set(callee, [caller])
      else if (known.at(-1) !== caller) known.push(caller)
    }
  }
  return callers
}
