import { OP } from '../instruction.ts'
import { signed, unsigned } from '../wasm-reader.ts'

/** What the mark global says: growth was refused by the limit, or this machine could not give memory that was allowed. */
const MARK = { limit: 1, machine: 2 } as const

const EMPTY_TYPE = 0x40

/** Where growing is noted: the index of the mark global, the memory maximum in pages, and two free locals of i32 from `scratch` on. */
export type Growth = { readonly mark: number; readonly maxPages: number; readonly scratch: number }

/**
 * Code for around `memory.grow`. After a growth that failed: within the maximum it is this machine's failure and traps, above it is
 * only remembered.
 */
export function noteGrowth({ mark, maxPages, scratch }: Growth): { before: number[]; after: number[] } {
  const [asked, result, global] = [unsigned(scratch), unsigned(scratch + 1), unsigned(mark)]
  const size = [OP.memorySize, 0, OP.i64ExtendI32U, OP.localGet, ...asked, OP.i64ExtendI32U, OP.i64Add]
  const isOver = [...size, OP.i64Const, ...signed(maxPages), OP.i64GtU]
  const limit = [OP.i32Const, MARK.limit, OP.globalSet, ...global]
  const machine = [OP.i32Const, MARK.machine, OP.globalSet, ...global, OP.unreachable]
  const after = [
    ...[OP.localTee, ...result, OP.i32Const, 0x7f, OP.i32Eq, OP.if, EMPTY_TYPE],
    ...[...isOver, OP.if, EMPTY_TYPE, ...limit, OP.else, ...machine, OP.end, OP.end],
    ...[OP.localGet, ...result],
  ]
  return { before: [OP.localTee, ...asked], after }
}
