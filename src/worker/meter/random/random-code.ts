import { OP } from '../instruction.ts'
import { signed } from '../wasm-reader.ts'

/** Gives a number from 0 up to, not including, `below`: all that is random in a module comes from here. */
export type Choose = (below: number) => number

/** The types of every random module, by index. */
export const TYPE = { alloc: 0, run: 1, helper: 2, pair: 3, one: 4, two: 5, exit: 6, start: 7 } as const
/** The functions of every random module, by index after those that it imports: helpers of `i32 i32 -> i32`, and one of `i32 i32 -> i32 i32`. */
export const FUNCTION = { alloc: 0, run: 1, firstHelper: 2, helpers: 3, pair: 5, start: 6 } as const
/** Below this address everything happens. */
export const MEMORY_BYTES = 2048

const [I32_STORE, I32_LOAD, EMPTY, I32] = [0x36, 0x28, 0x40, 0x7f]
/** Locals after the two parameters: six of i32, then one of i64, one of f64, one of v128. */
const LOCALS = { i32: 8, i64: 8, f64: 9, v128: 10 } as const
/** The local groups that go with it. */
export const LOCAL_GROUPS = [4, 6, I32, 1, 0x7e, 1, 0x7c, 1, 0x7b]
const STEPS = [1, 1, 1, -1, -1, 2, 4, -4, 8, 3, -3, 5, 12, 0x4000_0000, -0x8000_0000]
const LIMITS = [0, 10, 1, -1, 0x7fff_ffff, -0x8000_0000, 0x7fff_fff0, 64]
const TESTS = [0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x46]

type Code = number[]

/** Writes random code that is valid: its statements leave the stack as it was. */
export class RandomCode {
  readonly #choose: Choose
  /** How many values of i32 a branch to each label takes, innermost last; the first is the function. */
  readonly #labels: number[]
  readonly #ownType: number
  /** How many functions are imported: one when there is an exit. */
  readonly #imported: number

  constructor(choose: Choose, { results, type, hasExit }: Kind) {
    this.#choose = choose
    this.#imported = hasExit ? 1 : 0
    this.#labels = [results]
    this.#ownType = type
  }

  /** Some statements; deeper ones are fewer. */
  statements(depth: number): Code {
    return Array.from({ length: this.#choose(depth > 3 ? 2 : 5) }, () => this.#statement(depth)).flat()
  }

  /** Code that gives a value of i32. */
  value(depth = 0): Code {
    const leaf = depth > 2
    const pick = this.#choose(leaf ? 3 : 13)
    const next = (): Code => this.value(depth + 1)
    if (pick === 0) return constant(this.#choose(40) - 8)
    if (pick <= 2) return [OP.localGet, this.#choose(LOCALS.i32)]
    if (pick <= 4)
      return [...next(), ...next(), [0x6a, 0x6b, 0x6c, 0x71, 0x73, 0x74, 0x76][this.#choose(7)] ?? 0x6a]
    if (pick === 5) return [...this.#address(depth), I32_LOAD, 2, 0]
    if (pick === 6) return [...next(), ...next(), TESTS[this.#choose(TESTS.length)] ?? 0x46]
    if (pick === 7) return [...next(), ...next(), ...next(), OP.select]
    if (pick === 8) return [OP.globalGet, 0]
    if (pick === 9) return this.#call(depth)
    if (pick === 10) return [OP.localGet, LOCALS.v128, 0xfd, 27, this.#choose(4)]
    if (pick === 11) return [...next(), 0xb7, OP.localGet, LOCALS.f64, 0xa2, OP.localTee, LOCALS.f64, 0xfc, 2]
    return this.#inside(
      1,
      () => [OP.if, I32, ...this.statements(depth + 2), ...next(), OP.else, ...next(), OP.end],
      next(),
    )
  }

  #statement(depth: number): Code {
    const deeper = depth + 1
    const pick = this.#choose(depth > 5 ? 4 : 18 + 2 * this.#imported)
    if (pick <= 1) return [...this.value(), OP.localSet, this.#choose(LOCALS.i32)]
    if (pick === 2) return [...this.#address(), ...this.value(), I32_STORE, 2, 0]
    if (pick === 3) return [0x01]
    if (pick <= 5) return this.#branch()
    if (pick === 6) return this.#inside(0, () => [OP.block, EMPTY, ...this.statements(deeper), OP.end])
    if (pick === 7)
      return this.#inside(0, () => [OP.if, EMPTY, ...this.statements(deeper), OP.end], this.value())
    if (pick === 8)
      return this.#inside(
        0,
        () => [OP.if, EMPTY, ...this.statements(deeper), OP.else, ...this.statements(deeper), OP.end],
        this.value(),
      )
    if (pick <= 11) return this.#counted(deeper)
    if (pick === 12) return this.#halving(deeper)
    if (pick === 13) return this.#bulk()
    if (pick === 14) return this.#withValues(deeper)
    if (pick === 15)
      return [...this.value(), 0xfd, 17, OP.localGet, LOCALS.v128, 0xfd, 0xae, 1, OP.localSet, LOCALS.v128]
    if (pick === 16) return [...this.value(), OP.globalSet, 0]
    if (pick > 17) return this.#exit()
    return this.#rare()
  }

  /** Runs `write` with one more label around it, that takes so many values. */
  #inside(values: number, write: () => Code, before: Code = []): Code {
    this.#labels.push(values)
    const code = write()
    this.#labels.pop()
    return [...before, ...code]
  }

  #address(depth = 0): Code {
    return [...this.value(depth + 1), ...constant(MEMORY_BYTES - 4), OP.i32And]
  }

  #values(count: number): Code {
    return Array.from({ length: count }, () => this.value(2)).flat()
  }

  #call(depth: number): Code {
    const helper = this.#choose(FUNCTION.helpers)
    const [first, second] = [this.value(depth + 1), this.value(depth + 1)]
    if (this.#choose(3) === 0)
      return [...first, ...second, ...constant(helper), OP.callIndirect, TYPE.helper, 0]
    return [...first, ...second, OP.call, this.#helper(helper)]
  }

  #helper(index: number): number {
    return this.#imported + FUNCTION.firstHelper + index
  }

  /** Ends the unit, most often under a condition that seldom holds, by a call or through the table, where the exit stands after the helpers. */
  #exit(): Code {
    const isDirect = this.#choose(2) === 0
    const call = isDirect ? [OP.call, 0] : [...constant(FUNCTION.helpers), OP.callIndirect, TYPE.exit, 0]
    const exit = [...constant(0), ...call]
    if (this.#choose(30) === 1) return exit
    return [...this.value(1), ...this.value(1), OP.i32Eq, OP.if, EMPTY, ...exit, OP.end]
  }

  /** `br_if`, or under a condition `br`, `br_table`, `return`, a tail call or a trap. */
  #branch(): Code {
    const pick = this.#choose(9)
    if (pick <= 3) {
      const label = this.#choose(this.#labels.length)
      const count = this.#valuesOf(label)
      const dropped = Array.from({ length: count }, () => OP.drop)
      return [...this.#values(count), ...this.value(), OP.brIf, label, ...dropped]
    }
    return this.#inside(0, () => [OP.if, EMPTY, ...this.#jump(pick), OP.end], this.value())
  }

  #jump(pick: number): Code {
    const label = this.#choose(this.#labels.length)
    const count = this.#valuesOf(label)
    if (pick === 4 && this.#ownType === TYPE.run) return [OP.i64Const, ...signed(MEMORY_BYTES), OP.return]
    if (pick === 4) return [...this.#values(this.#labels[0] ?? 0), OP.return]
    if (pick === 5) return this.#tail()
    if (pick === 6 && this.#choose(4) === 0) return [OP.unreachable]
    if (pick <= 7) return [...this.#values(count), OP.br, label, ...this.statements(4)]
    const all = this.#labels.map((_, index) => index).filter((index) => this.#valuesOf(index) === count)
    const other = all[this.#choose(all.length)] ?? label
    return [...this.#values(count), ...this.value(), OP.brTable, 2, label, other, label]
  }

  #valuesOf(label: number): number {
    return this.#labels.at(-1 - label) ?? 0
  }

  #tail(): Code {
    if (this.#ownType !== TYPE.helper) return [0x01]
    const helper = this.#choose(FUNCTION.helpers)
    if (this.#choose(2) === 0) return [...this.#values(2), OP.returnCall, this.#helper(helper)]
    return [...this.#values(2), ...constant(helper), OP.returnCallIndirect, TYPE.helper, 0]
  }

  /** A loop of the two shapes that compilers write, most often with turns that can be counted. */
  #counted(depth: number): Code {
    const variable = this.#choose(LOCALS.i32)
    const stepLocal = this.#choose(LOCALS.i32)
    const size = STEPS[this.#choose(STEPS.length)] ?? 1
    const end = LIMITS[this.#choose(LIMITS.length)] ?? 0
    const turns = this.#choose(12)
    const start = end - size * turns + (this.#choose(4) === 0 ? this.#choose(5) : 0)
    const isLocal = this.#choose(5) === 0
    const step = isLocal ? [OP.localGet, stepLocal] : constant(size)
    const isLess = this.#choose(8) === 0 && !isLocal
    const sum = isLess
      ? [OP.localGet, variable, ...constant(-size), OP.i32Sub]
      : [OP.localGet, variable, ...step, OP.i32Add]
    const limit = this.#limit(end)
    const test = TESTS[this.#choose(this.#choose(3) === 0 ? TESTS.length : 5)] ?? 0x47
    const isTurned = this.#choose(4) === 0
    const compare = (tested: Code): Code => {
      if (this.#choose(6) === 0) return tested
      return isTurned ? [...limit.read, ...tested, test] : [...tested, ...limit.read, test]
    }
    const before = [
      ...[...constant(start), OP.localSet, variable, ...limit.before],
      ...(isLocal ? [...constant(size), OP.localSet, stepLocal] : []),
    ]
    const shape = { sum, variable, compare }
    const body = this.#choose(2) === 0 ? this.#testLast(depth, shape) : this.#testFirst(depth, shape)
    return [...before, ...body]
  }

  #limit(end: number): { before: Code; read: Code } {
    const local = this.#choose(LOCALS.i32)
    const pick = this.#choose(4)
    if (pick === 0) return { before: [...constant(end), OP.localSet, local], read: [OP.localGet, local] }
    if (pick === 1) return { before: [...constant(end), OP.globalSet, 0], read: [OP.globalGet, 0] }
    return { before: [], read: constant(end) }
  }

  #testLast(depth: number, { sum, variable, compare }: Shape): Code {
    const isTee = this.#choose(2) === 0
    const stepped = isTee ? [] : [...sum, OP.localSet, variable]
    const tested = isTee ? [...sum, OP.localTee, variable] : [OP.localGet, variable]
    return this.#inside(0, () => [
      ...[OP.loop, EMPTY, ...this.statements(depth), ...stepped, ...this.statements(depth + 2)],
      ...[...compare(tested), OP.brIf, 0, OP.end],
    ])
  }

  #testFirst(depth: number, { sum, variable, compare }: Shape): Code {
    const inner = (): Code => [
      ...[OP.if, EMPTY, ...this.statements(depth), ...sum, OP.localSet, variable],
      ...[...this.statements(depth + 2), OP.br, 1, OP.end],
    ]
    const tested = compare([OP.localGet, variable])
    return this.#inside(0, () => [OP.loop, EMPTY, ...tested, ...this.#inside(0, inner), OP.end])
  }

  /** A loop whose turns nobody knows before: it halves a number until nothing is left. */
  #halving(depth: number): Code {
    const local = this.#choose(LOCALS.i32)
    const half = [OP.localGet, local, ...constant(1), OP.i32ShrU, OP.localTee, local, OP.brIf, 0, OP.end]
    return this.#inside(0, () => [OP.loop, EMPTY, ...this.statements(depth), ...half])
  }

  #bulk(): Code {
    const length = [...this.value(2), ...constant(255), OP.i32And]
    const [first, second] = [constant(this.#choose(1024)), constant(this.#choose(1024))]
    const pick = this.#choose(3)
    if (pick === 0) return [...first, ...this.value(2), ...length, 0xfc, 11, 0]
    if (pick === 1) return [...first, ...second, ...length, 0xfc, 10, 0, 0]
    return [...first, ...constant(0), ...constant(this.#choose(20)), 0xfc, 8, 0, 0]
  }

  /** Blocks and loops that take and give values. */
  #withValues(depth: number): Code {
    const kept = [OP.localSet, this.#choose(LOCALS.i32)]
    if (this.#choose(2) === 0) {
      const start = [...this.value(), OP.loop, TYPE.one, ...kept]
      return [
        ...this.#inside(1, () => [...start, ...this.statements(depth), OP.localGet, 0, OP.end]),
        ...kept,
      ]
    }
    const block = this.#inside(2, () => [
      OP.block,
      TYPE.two,
      ...this.statements(depth),
      ...this.#values(2),
      OP.end,
    ])
    return [...block, 0x6a, ...kept]
  }

  #rare(): Code {
    const pick = this.#choose(5)
    if (pick === 0) return [...constant(this.#choose(3)), OP.memoryGrow, 0, OP.drop]
    if (pick === 1) return [...this.#values(2), OP.call, this.#imported + FUNCTION.pair, 0x6a, OP.drop]
    if (pick === 2) return [...constant(0), 0xd0, 0x70, ...constant(this.#choose(3)), 0xfc, 17, 0]
    if (pick === 3) return [0xd2, this.#helper(0), ...constant(this.#choose(3)), 0xfc, 15, 0, OP.drop]
    return [...this.value(), 0xac, OP.localGet, LOCALS.i64, OP.i64Add, OP.localTee, LOCALS.i64, 0xa7, OP.drop]
  }
}

/** What a function is: its results of i32, its type, and whether its module imports an exit, as function 0. */
type Kind = { readonly results: number; readonly type: number; readonly hasExit: boolean }

type Shape = {
  readonly sum: Code
  readonly variable: number
  readonly compare: (tested: Code) => Code
}

const constant = (value: number): Code => [OP.i32Const, ...signed(value | 0)]
