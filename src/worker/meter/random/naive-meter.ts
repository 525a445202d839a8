import { OP, readInstruction } from '../instruction.ts'
import { signed, unsigned, WasmReader } from '../wasm-reader.ts'
import type { RandomModule } from './random-module.ts'
import { writeModule } from './random-module.ts'

/** The global of the fuel, and the local of i32 that is free, of every function in a random module. */
const [FUEL, FREE] = [1, 11]
const STOP = [OP.globalGet, FUEL, OP.i64Const, 0, OP.i64LtS, OP.if, 0x40, OP.unreachable, OP.end]

/** Meters a random module in the plainest way there is: before each instruction it pays for that one and looks at the fuel. */
export function meterNaively({ bodies, hasExit }: RandomModule, fuel: number): Uint8Array<ArrayBuffer> {
  return writeModule({ bodies: bodies.map(meterBody), hasExit }, fuel)
}

function meterBody(body: readonly number[]): number[] {
  const reader = new WasmReader(Uint8Array.from(body))
  const out: number[] = []
  while (!reader.isDone) {
    const start = reader.place
    const op = readInstruction(reader)
    if (op !== OP.end && op !== OP.else) out.push(...pay([OP.i64Const, 1]), ...lengthOf(op))
    out.push(...reader.bytes.subarray(start, reader.place))
  }
  return out
}

function pay(amount: readonly number[]): number[] {
  return [OP.globalGet, FUEL, ...amount, OP.i64Sub, OP.globalSet, FUEL, ...STOP]
}

/** Bulk operations cost their length as well: in eights of bytes, or in entries. */
function lengthOf(op: number): number[] {
  const isBytes = op === OP.memoryInit || op === OP.memoryCopy || op === OP.memoryFill
  if (!isBytes && op !== OP.tableFill && op !== OP.tableGrow) return []
  const length = [OP.localGet, ...unsigned(FREE), OP.i32Const, ...signed(isBytes ? 3 : 0), OP.i32ShrU]
  return [OP.localTee, ...unsigned(FREE), ...pay([...length, OP.i64ExtendI32U])]
}
