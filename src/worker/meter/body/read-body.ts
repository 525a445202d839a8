import type { Exits } from '../exits.ts'
import { isCall, OP, readInstruction } from '../instruction.ts'
import type { WasmReader } from '../wasm-reader.ts'

/** A block, loop or if of a body; the body itself is the outermost one. Places are numbers of instructions. */
export type Construct = {
  readonly op: number
  /** Where it stands; -1 for the body itself. */
  readonly at: number
  readonly level: number
  /** Where what it costs to get here is paid. */
  readonly payment: number
  /** Where its `end` stands. */
  end: number
  /** How many branches lead to its label. */
  branches: number
  /** The outermost level to which a branch inside leads. */
  reach: number
  /** Where its `else` stands; -1 without one. */
  otherwise: number
}

/** The body of a function, taken apart: its instructions, how they nest, and where what they cost is paid. */
export type Body = {
  readonly bytes: Uint8Array
  readonly ops: readonly number[]
  /** Where each instruction begins in `bytes`, and after the last one where that ends. */
  readonly starts: readonly number[]
  /** What is to be paid before each instruction. */
  readonly costs: readonly number[]
  /** By where they stand. */
  readonly constructs: ReadonlyMap<number, Construct>
  readonly hasLoop: boolean
  /** The payments that pay for calls. */
  readonly calls: ReadonlySet<number>
}

/** Takes a body apart, after its locals. Calls that are in `exits` may not come back. Throws `malformed` when it does not end where it should. */
export function readBody(reader: WasmReader, exits?: Exits): Body {
  const body = new BodyReader(reader, exits)
  while (body.step());
  if (!reader.isDone) throw reader.wrong('a function goes on after its end')
  return body
}

/**
 * A payment covers all that always runs when its place is passed, not only what stands there: what follows a construct that no
 * branch leaves is paid together with what precedes it.
 */
class BodyReader implements Body {
  readonly bytes: Uint8Array
  readonly ops: number[] = []
  readonly starts: number[]
  readonly costs: number[] = [0]
  readonly constructs = new Map<number, Construct>()
  readonly calls = new Set<number>()
  hasLoop = false
  readonly #reader: WasmReader
  readonly #exits: Exits | undefined
  readonly #open: Construct[] = []
  #payment = 0

  constructor(reader: WasmReader, exits: Exits | undefined) {
    this.#reader = reader
    this.#exits = exits
    this.bytes = reader.bytes
    this.starts = [reader.place]
    this.#begin(OP.block, -1)
  }

  /** Takes one instruction; false after the `end` of the body. */
  step(): boolean {
    const at = this.ops.length
    const op = readInstruction(this.#reader)
    this.ops.push(op)
    this.starts.push(this.#reader.place)
    this.costs.push(0)
    if (op === OP.end) return this.#end(at)
    if (op === OP.else) this.#else(at)
    else this.#count(op, at)
    return true
  }

  #count(op: number, at: number): void {
    this.costs[this.#payment] = (this.costs[this.#payment] ?? 0) + 1
    if (op > LAST_OF_CONTROL) return
    if (op === OP.block || op === OP.loop || op === OP.if) this.#begin(op, at)
    else if (op === OP.br || op === OP.brIf || op === OP.brTable) this.#branch(op, at)
    else if (op === OP.return || op === OP.returnCall || op === OP.returnCallIndirect) this.#leaveTo(0)
    const isExit = isCall.has(op) && this.#call(op, at)
    if (isExit || endsRun.has(op)) this.#payment = at + 1
  }

  /** Takes a call; true when it may end the unit, which is as if it branched out of the body. */
  #call(op: number, at: number): boolean {
    this.calls.add(this.#payment)
    if (this.#exits === undefined) return false
    const { functions, types } = this.#exits
    const reader = this.#reader
    const after = reader.place
    reader.place = (this.starts[at] ?? 0) + 1
    const isExit = (op === OP.call || op === OP.returnCall ? functions : types).has(reader.u32())
    reader.place = after
    if (isExit) this.#leaveTo(0)
    return isExit
  }

  #begin(op: number, at: number): void {
    const level = this.#open.length
    const [payment, reach] = [this.#payment, Number.POSITIVE_INFINITY]
    const construct = { op, at, level, payment, end: -1, branches: 0, reach, otherwise: -1 }
    this.#open.push(construct)
    this.constructs.set(at, construct)
  }

  #else(at: number): void {
    const construct = this.#open.at(-1)
    if (construct?.op !== OP.if || construct.otherwise >= 0) throw this.#reader.wrong('an else without an if')
    construct.otherwise = at
    this.#payment = at + 1
  }

  #end(at: number): boolean {
    const ended = this.#open.pop()
    const outer = this.#open.at(-1)
    if (ended === undefined || outer === undefined) return false
    ended.end = at
    if (ended.op === OP.loop && ended.branches > 0) this.hasLoop = true
    if (ended.otherwise >= 0) this.#share(ended)
    if (ended.reach >= ended.level) this.#payment = ended.payment
    else {
      outer.reach = Math.min(outer.reach, ended.reach)
      if (ended.op === OP.if || (ended.op === OP.block && ended.branches > 0)) this.#payment = at + 1
    }
    return true
  }

  /** What both arms cost is paid before the `if`. */
  #share({ at, otherwise, payment }: Construct): void {
    const [first, second] = [this.costs[at + 1] ?? 0, this.costs[otherwise + 1] ?? 0]
    const both = Math.min(first, second)
    this.costs[at + 1] = first - both
    this.costs[otherwise + 1] = second - both
    this.costs[payment] = (this.costs[payment] ?? 0) + both
    for (const arm of [at + 1, otherwise + 1])
      if (this.costs[arm] === 0 && this.calls.delete(arm)) this.calls.add(payment)
  }

  #branch(op: number, at: number): void {
    const reader = this.#reader
    reader.place = (this.starts[at] ?? 0) + 1
    if (op === OP.brTable) for (let left = reader.u32(); left > 0; left -= 1) this.#jump(reader.u32())
    this.#jump(reader.u32())
  }

  #jump(label: number): void {
    const target = this.#open.at(-1 - label)
    if (target === undefined) throw this.#reader.wrong(`a branch to label ${label}, which is not there`)
    target.branches += 1
    this.#leaveTo(target.level)
  }

  #leaveTo(level: number): void {
    const construct = this.#open.at(-1)
    if (construct !== undefined) construct.reach = Math.min(construct.reach, level)
  }
}

/** No opcode above this one changes what runs next. */
const LAST_OF_CONTROL = OP.returnCallIndirect

/** After these another run of instructions begins. */
const endsRun = new Set<number>([
  ...[OP.loop, OP.if, OP.br, OP.brIf, OP.brTable],
  ...[OP.return, OP.returnCall, OP.returnCallIndirect, OP.unreachable],
])
