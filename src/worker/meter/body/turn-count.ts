import { OP } from '../instruction.ts'
import { signed, unsigned } from '../wasm-reader.ts'
import type { CountedLoop } from './counted-loop.ts'
import type { Body } from './read-body.ts'

/** Code that gives how often the test of a counted loop will hold (i64), where `guard` (i32) is not zero; without one, always. */
export type TurnCount = { readonly guard: readonly number[] | undefined; readonly count: readonly number[] }

type Code = readonly number[]

/** Writes the code that counts the turns of a loop before it begins. `scratch` is a local of type i64. */
export function turnCount(body: Body, loop: CountedLoop, scratch: number): TurnCount {
  const copy = (at: number): Code => [...body.bytes.subarray(body.starts[at], body.starts[at + 1])]
  const limit = loop.limit === undefined ? i32(0) : copy(loop.limit)
  const step = loop.step.kind === 'number' ? i32(loop.step.value) : copy(loop.step.at)
  const variable = [OP.localGet, ...unsigned(loop.variable)]
  const first = loop.isTestLast ? [...variable, ...step, OP.i32Add] : variable
  if (loop.test === OP.i32Ne && loop.step.kind === 'number')
    return unequal({ limit, first, step: loop.step.value })
  return ordered({ loop, limit, first, step, scratch })
}

/**
 * Until `first + n * step` is `limit`, modulo 2^32: with step = odd * 2^k, n is (limit - first) / 2^k times the inverse of the odd
 * part, modulo 2^(32-k); there is no such n unless 2^k divides the difference.
 */
function unequal({ limit, first, step }: { limit: Code; first: Code; step: number }): TurnCount {
  const k = 31 - Math.clz32(step & -step)
  const factor = inverse(Math.trunc(step / 2 ** k))
  const difference = [...limit, ...first, OP.i32Sub]
  const guard = k === 0 ? undefined : [...difference, ...i32(2 ** k - 1), OP.i32And, OP.i32Eqz]
  const shifted = k === 0 ? difference : [...difference, ...i32(k), OP.i32ShrU]
  const turned = factor === 1 ? shifted : [...shifted, ...i32(factor), OP.i32Mul]
  const count = k === 0 || factor === 1 ? turned : [...turned, ...i32(2 ** (32 - k) - 1), OP.i32And]
  return { guard, count: [...count, OP.i64ExtendI32U] }
}

/** Modulo 2^32; each turn of Newton's method doubles the bits that are right, from the three that `odd` itself has. */
function inverse(odd: number): number {
  let found = odd
  for (let turn = 0; turn < 4; turn += 1) found = Math.imul(found, 2 - Math.imul(odd, found))
  return found
}

type Ordered = { loop: CountedLoop; limit: Code; first: Code; step: Code; scratch: number }

/**
 * From `first` past `limit` in steps of one size: the distance divided by the step, rounded up; none when `first` is past it. That
 * is so unless the step over the limit leaves the range of i32, which the guard excludes.
 */
function ordered({ loop, limit, first, step, scratch }: Ordered): TurnCount {
  const isUnsigned = UNSIGNED.has(loop.test)
  const isRising = RISING.has(loop.test)
  const equal = ALSO_EQUAL.has(loop.test) ? 1 : 0
  const wide = (code: Code): Code => [...code, isUnsigned ? OP.i64ExtendI32U : OP.i64ExtendI32S]
  const [from, to] = isRising ? [wide(first), wide(limit)] : [wide(limit), wide(first)]
  const distance = [...to, ...from, OP.i64Sub]
  const q = unsigned(scratch)
  const atLeastZero = [...[OP.localTee, ...q, ...i64(0), OP.localGet, ...q, ...i64(0)], OP.i64GtS, OP.select]
  const lowest = isUnsigned ? 0 : -(2 ** 31)
  const highest = isUnsigned ? 2 ** 32 - 1 : 2 ** 31 - 1
  if (loop.step.kind === 'local') {
    const size = [...step, OP.i64ExtendI32S]
    const past = [...wide(limit), ...size, OP.i64Add, ...i64(equal - 1), OP.i64Add]
    const guard = [...size, ...i64(0), OP.i64GtS, ...past, ...i64(highest), OP.i64LeS, OP.i32And]
    const rounded = [...distance, ...size, OP.i64Add, ...i64(equal - 1), OP.i64Add]
    return { guard, count: [...rounded, ...atLeastZero, ...size, OP.i64DivU] }
  }
  const size = Math.abs(loop.step.value)
  const rest = size - 1 + equal
  const past = isRising
    ? [...wide(limit), ...i64(rest), OP.i64Add, ...i64(highest), OP.i64LeS]
    : [...wide(limit), ...i64(rest), OP.i64Sub, ...i64(lowest), OP.i64GeS]
  const rounded = rest === 0 ? distance : [...distance, ...i64(rest), OP.i64Add]
  const divided = size === 1 ? [] : [...i64(size), OP.i64DivU]
  return { guard: rest === 0 ? undefined : past, count: [...rounded, ...atLeastZero, ...divided] }
}

const UNSIGNED = new Set<number>([OP.i32LtU, OP.i32LeU, OP.i32GtU, OP.i32GeU])
const RISING = new Set<number>([OP.i32LtS, OP.i32LtU, OP.i32LeS, OP.i32LeU])
const ALSO_EQUAL = new Set<number>([OP.i32LeS, OP.i32LeU, OP.i32GeS, OP.i32GeU])

const i32 = (value: number): Code => [OP.i32Const, ...signed(value | 0)]
const i64 = (value: number): Code => [OP.i64Const, ...signed(value)]
