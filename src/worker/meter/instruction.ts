import { Failure } from '../../protocol/failure.ts'
import type { WasmReader } from './wasm-reader.ts'

/** The opcodes that metering has to know by name. Those above 0xff are `0xfc00 + n`. */
export const OP = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  returnCallIndirect: 0x13,
  drop: 0x1a,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i32LtS: 0x48,
  i32LtU: 0x49,
  i32GtS: 0x4a,
  i32GtU: 0x4b,
  i32LeS: 0x4c,
  i32LeU: 0x4d,
  i32GeS: 0x4e,
  i32GeU: 0x4f,
  i64LtS: 0x53,
  i64GtS: 0x55,
  i64GtU: 0x56,
  i64LeS: 0x57,
  i64GeS: 0x59,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  i32And: 0x71,
  i32ShrU: 0x76,
  i64Add: 0x7c,
  i64Sub: 0x7d,
  i64Mul: 0x7e,
  i64DivU: 0x80,
  i64And: 0x83,
  i64ShrU: 0x88,
  i64ExtendI32S: 0xac,
  i64ExtendI32U: 0xad,
  memoryInit: 0xfc08,
  memoryCopy: 0xfc0a,
  memoryFill: 0xfc0b,
  tableInit: 0xfc0c,
  tableCopy: 0xfc0e,
  tableGrow: 0xfc0f,
  tableFill: 0xfc11,
} as const

/** The instructions that call a function. */
export const isCall: ReadonlySet<number> = new Set([
  ...[OP.call, OP.callIndirect, OP.returnCall, OP.returnCallIndirect],
])

type Skip = (reader: WasmReader) => void

const none: Skip = () => undefined
const index: Skip = (reader) => void reader.u32()
const both =
  (first: Skip, second: Skip): Skip =>
  (reader) => {
    first(reader)
    second(reader)
  }
const blockType: Skip = (reader) => reader.skipSigned(5)
const memory: Skip = (reader) => {
  if (reader.byte() !== 0) throw unsupported('several memories')
}
const memoryAccess: Skip = (reader) => {
  if (reader.u32() >= 64) throw unsupported('several memories')
  reader.u32()
}
const listed: readonly (readonly [op: number, skip: Skip])[] = [
  [OP.block, blockType],
  [OP.loop, blockType],
  [OP.if, blockType],
  [OP.br, index],
  [OP.brIf, index],
  [OP.brTable, both((reader) => void reader.list(() => reader.u32()), index)],
  [OP.call, index],
  [OP.callIndirect, both(index, index)],
  [OP.returnCall, index],
  [OP.returnCallIndirect, both(index, index)],
  [0x1c, (reader) => void reader.list(() => reader.byte())],
  [OP.memorySize, memory],
  [OP.memoryGrow, memory],
  [OP.i32Const, (reader) => reader.skipSigned(5)],
  [OP.i64Const, (reader) => reader.skipSigned(10)],
  [0x43, (reader) => reader.skip(4)],
  [0x44, (reader) => reader.skip(8)],
  [0xd0, blockType],
  [0xd2, index],
]
const plain: (Skip | undefined)[] = Array.from({ length: 256 })
for (const [op, skip] of listed) plain[op] = skip
for (const op of [0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1]) plain[op] = none
for (let op = 0x20; op <= 0x26; op += 1) plain[op] = index
for (let op = 0x28; op <= 0x3e; op += 1) plain[op] = memoryAccess
for (let op = 0x45; op <= 0xc4; op += 1) plain[op] = none

/** Saturating conversions, bulk memory and tables: what follows 0xfc. */
const bulk: readonly Skip[] = [
  ...Array.from({ length: 8 }, () => none),
  both(index, memory),
  index,
  both(memory, memory),
  memory,
  both(index, index),
  index,
  both(index, index),
  index,
  index,
  index,
]

const features: readonly (readonly [from: number, to: number, name: string])[] = [
  [0x06, 0x0a, 'exceptions'],
  [0x14, 0x15, 'typed function references'],
  [0x18, 0x1f, 'exceptions'],
  [0xd3, 0xd6, 'typed function references'],
  [0xfb, 0xfb, 'garbage collection'],
  [0xfe, 0xfe, 'threads and atomics'],
]

/** Passes over one instruction and gives its opcode. Throws `unsupported` for an extension that is not allowed, `malformed` for no instruction. */
export function readInstruction(reader: WasmReader): number {
  const op = reader.byte()
  if (op === 0xfc) return readBulk(reader)
  if (op === 0xfd) return readSimd(reader)
  const skip = plain[op]
  if (skip === undefined) {
    const feature = features.find(([from, to]) => op >= from && op <= to)
    throw feature === undefined
      ? reader.wrong(`0x${op.toString(16)} is no instruction`)
      : unsupported(feature[2])
  }
  skip(reader)
  return op
}

function readBulk(reader: WasmReader): number {
  const sub = reader.u32()
  const skip = bulk[sub]
  if (skip === undefined) throw reader.wrong(`0xfc ${sub} is no instruction`)
  skip(reader)
  return 0xfc00 + sub
}

function readSimd(reader: WasmReader): number {
  const sub = reader.u32()
  if (sub >= 0x100) throw unsupported('relaxed SIMD, whose results differ between machines,')
  if (sub <= 11 || sub === 92 || sub === 93) memoryAccess(reader)
  else if (sub === 12 || sub === 13) reader.skip(16)
  else if (sub >= 21 && sub <= 34) reader.skip(1)
  else if (sub >= 84 && sub <= 91) {
    memoryAccess(reader)
    reader.skip(1)
  }
  return 0xfd00 + sub
}

/** The failure of a module that uses an extension that is not allowed. */
export function unsupported(feature: string): Failure {
  return new Failure('unsupported', `The WASM module uses ${feature}: not supported; compile it without`)
}
