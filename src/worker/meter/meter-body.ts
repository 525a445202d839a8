import type { ByteWriter } from './byte-writer.ts'
import { OP, readInstruction } from './instruction.ts'
import type { WasmReader } from './wasm-reader.ts'
import { signed, unsigned } from './wasm-reader.ts'

/** The globals that metering adds, by index, and the memory maximum in pages. */
export type MeterContext = { readonly fuel: number; readonly mark: number; readonly maxPages: number }

/** What bodies are metered with: the module's context, and where the result goes. */
export type Metering = { readonly context: MeterContext; readonly out: ByteWriter }

/** What the mark global says: growth was refused by the limit, or this machine could not give memory that was allowed. */
const MARK = { limit: 1, machine: 2 } as const

const EMPTY_TYPE = 0x40
const I32 = 0x7f

/**
 * Rewrites one function body so that it pays for its instructions, and writes it to `out`: each straight run of them charges
 * their number when it is entered, and function entries, loop heads and bulk operations stop when the fuel is below zero.
 * Since a run is charged as a whole, the count of a kernel that returns is exact.
 */
export function meterBody(reader: WasmReader, paramCount: number, { context, out }: Metering): void {
  const groups = reader.u32()
  const groupsStart = reader.place
  let firstFree = paramCount
  for (let group = 0; group < groups; group += 1) {
    firstFree += reader.u32()
    reader.byte()
  }
  out.put(unsigned(groups + 1))
  out.put(reader.bytes.subarray(groupsStart, reader.place))
  out.put([2, I32])
  const run = new MeteredRun(reader, { context, out, scratch: firstFree })
  while (run.step());
  if (!reader.isDone) throw reader.wrong('a function goes on after its end')
}

type Insert = { readonly at: number; readonly code: readonly number[] }

/** Copies a body run by run: what a run costs is known at its end, and stands before it. */
class MeteredRun {
  readonly #reader: WasmReader
  readonly #context: MeterContext
  readonly #out: ByteWriter
  /** Two locals of our own. */
  readonly #scratch: number
  #start: number
  #inserts: Insert[] = []
  #cost = 0
  #isChecked = true
  #depth = 0

  constructor(reader: WasmReader, { context, out, scratch }: Metering & { scratch: number }) {
    this.#reader = reader
    this.#context = context
    this.#out = out
    this.#scratch = scratch
    this.#start = reader.place
  }

  /** Takes one instruction; false after the `end` of the body. */
  step(): boolean {
    const start = this.#reader.place
    const op = readInstruction(this.#reader)
    if (op !== OP.end && op !== OP.else) this.#cost += 1
    switch (op) {
      case OP.block:
        this.#depth += 1
        return true
      case OP.loop:
      case OP.if:
        this.#depth += 1
        this.#cut(op === OP.loop)
        return true
      case OP.end:
        this.#depth -= 1
        this.#cut(false)
        return this.#depth >= 0
      case OP.else:
      case OP.br:
      case OP.brIf:
      case OP.brTable:
      case OP.return:
      case OP.unreachable:
        this.#cut(false)
        return true
      case OP.memoryInit:
      case OP.memoryCopy:
      case OP.memoryFill:
        this.#insert(start, this.#chargeLength(3))
        return true
      case OP.tableInit:
      case OP.tableCopy:
      case OP.tableGrow:
      case OP.tableFill:
        this.#insert(start, this.#chargeLength(0))
        return true
      case OP.memoryGrow:
        this.#insert(start, [OP.localTee, ...unsigned(this.#scratch)])
        this.#insert(this.#reader.place, this.#markRefusal())
        return true
      default:
        return true
    }
  }

  /** Ends a run after the instruction just read: writes its charge and then the run, and begins the next. */
  #cut(isChecked: boolean): void {
    if (this.#cost > 0) this.#out.put(this.#charge())
    for (const { at, code } of this.#inserts) {
      this.#copy(at)
      this.#out.put(code)
    }
    this.#copy(this.#reader.place)
    this.#inserts = []
    this.#cost = 0
    this.#isChecked = isChecked
  }

  #copy(upTo: number): void {
    this.#out.put(this.#reader.bytes.subarray(this.#start, upTo))
    this.#start = upTo
  }

  #insert(at: number, code: readonly number[]): void {
    this.#inserts.push({ at, code })
  }

  #charge(): number[] {
    const fuel = unsigned(this.#context.fuel)
    const pay = [OP.globalGet, ...fuel, OP.i64Const, ...signed(this.#cost), OP.i64Sub, OP.globalSet, ...fuel]
    return this.#isChecked ? [...pay, ...this.#check()] : pay
  }

  #check(): number[] {
    const fuel = unsigned(this.#context.fuel)
    return [OP.globalGet, ...fuel, OP.i64Const, 0, OP.i64LtS, OP.if, EMPTY_TYPE, OP.unreachable, OP.end]
  }

  /** Charges the length on top of the stack, divided by 2^shift, and leaves it there. */
  #chargeLength(shift: number): number[] {
    const fuel = unsigned(this.#context.fuel)
    const scratch = unsigned(this.#scratch)
    const length = [OP.localGet, ...scratch, OP.i64ExtendI32U, OP.i64Const, shift, OP.i64ShrU]
    const pay = [OP.globalGet, ...fuel, ...length, OP.i64Sub, OP.globalSet, ...fuel]
    return [OP.localTee, ...scratch, ...pay, ...this.#check()]
  }

  /** After a growth that failed: within the maximum it is this machine's failure and traps, above it is only remembered. */
  #markRefusal(): number[] {
    const [asked, result] = [unsigned(this.#scratch), unsigned(this.#scratch + 1)]
    const mark = unsigned(this.#context.mark)
    const size = [OP.memorySize, 0, OP.i64ExtendI32U, OP.localGet, ...asked, OP.i64ExtendI32U, OP.i64Add]
    const isOver = [...size, OP.i64Const, ...signed(this.#context.maxPages), OP.i64GtU]
    const limit = [OP.i32Const, MARK.limit, OP.globalSet, ...mark]
    const machine = [OP.i32Const, MARK.machine, OP.globalSet, ...mark, OP.unreachable]
    return [
      ...[OP.localTee, ...result, OP.i32Const, 0x7f, OP.i32Eq, OP.if, EMPTY_TYPE],
      ...[...isOver, OP.if, EMPTY_TYPE, ...limit, OP.else, ...machine, OP.end, OP.end],
      ...[OP.localGet, ...result],
    ]
  }
}
