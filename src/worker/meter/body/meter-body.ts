import type { ByteWriter } from '../byte-writer.ts'
import type { Signature } from '../declaration.ts'
import type { Exits } from '../exits.ts'
import { OP } from '../instruction.ts'
import type { WasmReader } from '../wasm-reader.ts'
import { signed, unsigned } from '../wasm-reader.ts'
import { countedLoop } from './counted-loop.ts'
import { noteGrowth } from './grow.ts'
import type { Purse } from './purse.ts'
import { pay, show, take } from './purse.ts'
import type { Body, Construct } from './read-body.ts'
import { readBody } from './read-body.ts'
import { turnCount } from './turn-count.ts'

/** The globals that metering adds, by index, the memory maximum in pages, and the calls that may end the unit, where it can end so. */
export type MeterContext = {
  readonly fuel: number
  readonly mark: number
  readonly maxPages: number
  readonly exits?: Exits
}

/** What bodies are metered with: the module's context, and where the result goes. */
export type Metering = { readonly context: MeterContext; readonly out: ByteWriter }

const [EMPTY_TYPE, I32, I64] = [0x40, 0x7f, 0x7e]

/**
 * Rewrites one function body so that it pays for its instructions, and writes it to `out`. All that runs together is paid at
 * once, ahead: a run of instructions with what follows the constructs in it that nothing leaves, a loop whose turns can be
 * counted as a whole. Where the fuel is then below zero before a loop, a call or a bulk operation, the unit stops. What is paid
 * ahead always runs unless the unit fails, so the count of a kernel that returns is exact. So is that of a program that ends by an
 * exit: what follows a call that may lead to one is paid after it.
 */
export function meterBody(reader: WasmReader, type: Signature, { context, out }: Metering): void {
  const groups = reader.u32()
  const groupsStart = reader.place
  let firstFree = type.paramCount
  for (let group = 0; group < groups; group += 1) {
    firstFree += reader.u32()
    reader.byte()
  }
  out.put(unsigned(groups + 2))
  out.put(reader.bytes.subarray(groupsStart, reader.place))
  out.put([2, I64, 2, I32])
  new MeteredBody(readBody(reader, context.exits), { context, out, firstFree }).write(type.blockType)
}

/** Instructions from one place up to another. */
type Stretch = { readonly from: number; readonly to: number }

/** Writes a body with its payments. From `firstFree` on there are four locals of its own: fuel and a number of i64, two of i32. */
class MeteredBody {
  readonly #body: Body
  readonly #context: MeterContext
  readonly #out: ByteWriter
  readonly #firstFree: number
  #purse: Purse
  #copied = 0

  constructor(body: Body, { context, out, firstFree }: Metering & { firstFree: number }) {
    this.#body = body
    this.#context = context
    this.#out = out
    this.#firstFree = firstFree
    this.#purse = { kind: 'global', global: context.fuel, local: firstFree }
  }

  /** With a loop in it the fuel stays in a local, and the body in a block that all its ends lead out of. */
  write(blockType: number | undefined): void {
    const all = { from: 0, to: this.#body.ops.length }
    if (!this.#body.hasLoop || blockType === undefined) {
      this.#write(all, [])
      return
    }
    this.#purse = { ...this.#purse, kind: 'local' }
    this.#out.put([...take(this.#purse), OP.block, blockType])
    this.#write(all, [])
    this.#out.put([...show(this.#purse), OP.end])
  }

  /** Writes instructions with their payments, but for those at the places `paid`. */
  #write({ from, to }: Stretch, paid: readonly number[]): void {
    const { ops, costs, constructs } = this.#body
    let depth = 0
    this.#copied = from
    for (let at = from; at < to; at += 1) {
      const cost = costs[at] ?? 0
      if (cost > 0 && !paid.includes(at)) this.#insert(at, pay(this.#purse, cost, this.#isCheckpoint(at)))
      const op = ops[at] ?? 0
      if (op === OP.block || op === OP.if) depth += 1
      else if (op === OP.end) depth -= 1
      else if (op === OP.return) this.#leave(at, depth)
      else if (op === OP.loop) {
        const end = this.#writeCounted(constructs.get(at))
        depth += end === undefined ? 1 : 0
        at = end ?? at
      } else if (needsMore.has(op)) this.#around(op, at)
    }
    this.#copy(to)
  }

  /** Writes a loop whose turns are known before it begins, paid as a whole, and gives its end; undefined when it is none. */
  #writeCounted(loop: Construct | undefined): number | undefined {
    const counted = loop && countedLoop(this.#body, loop)
    if (loop === undefined || counted === undefined) return undefined
    const { guard, count } = turnCount(this.#body, counted, this.#firstFree + 1)
    if (guard !== undefined && !counted.isSmall) return undefined
    const { perTurn, once, payments } = counted
    const turns = [...count, OP.i64Const, ...signed(perTurn), OP.i64Mul]
    const paying = pay(this.#purse, [...turns, OP.i64Const, ...signed(once), OP.i64Add], true)
    const opening = [OP.loop, EMPTY_TYPE]
    const inside = { from: loop.at + 1, to: loop.end + 1 }
    if (guard !== undefined) this.#insert(loop.at, [...guard, OP.if, EMPTY_TYPE])
    this.#insert(loop.at, [...paying, ...opening])
    this.#write(inside, payments)
    if (guard === undefined) return loop.end
    this.#out.put([OP.else, ...opening])
    this.#write(inside, [])
    this.#out.put([OP.end])
    return loop.end
  }

  /** Writes what an instruction needs around it. */
  #around(op: number, at: number): void {
    if (op === OP.call || op === OP.callIndirect) {
      this.#insert(at, show(this.#purse))
      this.#insert(at + 1, take(this.#purse))
    } else if (op === OP.returnCall || op === OP.returnCallIndirect) this.#insert(at, show(this.#purse))
    else if (op === OP.memoryGrow) {
      const { before, after } = noteGrowth({ ...this.#context, scratch: this.#firstFree + 2 })
      this.#insert(at, before)
      this.#insert(at + 1, after)
    } else {
      const shift = lengthShift.get(op)
      if (shift !== undefined) this.#insert(at, this.#payLength(shift))
    }
  }

  /** Turns a `return` into a branch out of the block around the body, where there is one. */
  #leave(at: number, depth: number): void {
    if (this.#purse.kind === 'global') return
    this.#insert(at, [OP.br, ...unsigned(depth)])
    this.#copied = at + 1
  }

  /** Pays for the length on top of the stack, divided by 2^shift, and leaves it there. */
  #payLength(shift: number): number[] {
    const length = unsigned(this.#firstFree + 2)
    const amount = [OP.localGet, ...length, OP.i64ExtendI32U, OP.i64Const, shift, OP.i64ShrU]
    return [OP.localTee, ...length, ...pay(this.#purse, amount, true)]
  }

  /** Whether a unit without fuel stops here: at a loop, and before calls, where a recursion goes on. */
  #isCheckpoint(at: number): boolean {
    const { ops, constructs, calls } = this.#body
    const isHead = ops[at - 1] === OP.loop && (constructs.get(at - 1)?.branches ?? 0) > 0
    return isHead || (calls.has(at) && (at === 0 || !calls.has(0)))
  }

  #insert(at: number, code: readonly number[]): void {
    this.#copy(at)
    this.#out.put(code)
  }

  #copy(to: number): void {
    const { bytes, starts } = this.#body
    this.#out.put(bytes.subarray(starts[this.#copied], starts[to]))
    this.#copied = to
  }
}

/** What of a length is paid: a unit for 8 bytes, or for each entry of a table. */
const lengthShift = new Map<number, number>([
  ...[OP.memoryInit, OP.memoryCopy, OP.memoryFill].map((op) => [op, 3] as const),
  ...[OP.tableInit, OP.tableCopy, OP.tableGrow, OP.tableFill].map((op) => [op, 0] as const),
])

/** Instructions that do not stay as they are. */
const needsMore = new Set<number>([
  ...[OP.call, OP.callIndirect, OP.returnCall, OP.returnCallIndirect, OP.memoryGrow],
  ...lengthShift.keys(),
])
