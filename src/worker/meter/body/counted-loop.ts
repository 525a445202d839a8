import { OP } from '../instruction.ts'
import { WasmReader } from '../wasm-reader.ts'
import type { Body, Construct } from './read-body.ts'

/**
 * A loop whose turns are known before it begins: one local of type i32 takes the same step in each turn, and a comparison of it
 * with a limit that stays decides whether there is another. It costs `once`, and `perTurn` each time that the test holds.
 */
export type CountedLoop = Test & {
  readonly step: Step
  readonly once: number
  readonly perTurn: number
  /** Whether it is small and without a loop inside, so that it may be written twice. */
  readonly isSmall: boolean
}

/** What is added in each turn: a number, or what the instruction at this place reads from a local. */
export type Step =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'local'; readonly at: number }

type Test = {
  readonly variable: number
  /** The comparison, as an opcode of i32 with the variable on the left. */
  readonly test: number
  /** The place of the instruction that gives the limit; undefined for zero. */
  readonly limit: number | undefined
  /** Whether the turn comes before the test, and with it the step. */
  readonly isTestLast: boolean
  /** The places where a turn would pay. */
  readonly payments: readonly number[]
}

/** In larger loops a payment in each turn is nothing; it also bounds the work on a nest of loops. */
const MAX_INSTRUCTIONS = 200
const MAX_TWICE = 120
const VOID = 0x40
/** `local.get v, <step>, i32.add, local.tee v`. */
const STEP_LENGTH = 4
/** Comparisons that hold below the limit. */
const RISING = new Set<number>([OP.i32LtS, OP.i32LtU, OP.i32LeS, OP.i32LeU])
/** The comparison that says the same with its sides exchanged. */
const TURNED = new Map<number, number>([
  [OP.i32Ne, OP.i32Ne],
  [OP.i32LtS, OP.i32GtS],
  [OP.i32LtU, OP.i32GtU],
  [OP.i32GtS, OP.i32LtS],
  [OP.i32GtU, OP.i32LtU],
  [OP.i32LeS, OP.i32GeS],
  [OP.i32LeU, OP.i32GeU],
  [OP.i32GeS, OP.i32LeS],
  [OP.i32GeU, OP.i32LeU],
])

/** Looks whether the turns of a loop are known before it begins; undefined when they are not. */
export function countedLoop(body: Body, loop: Construct): CountedLoop | undefined {
  const size = loop.end - loop.at
  if (loop.op !== OP.loop) return undefined
  const hasOneWay = loop.branches === 1 && loop.reach >= loop.level
  if (!hasOneWay || size > MAX_INSTRUCTIONS || !isVoid(body, loop.at)) return undefined
  const tests = testsAtEnd(body, loop) ?? testsAtStart(body, loop)
  if (tests.length === 0) return undefined
  const writes = writesIn(body, loop)
  for (const test of tests) {
    const step = stepOf(body, test, writes)
    if (step === undefined || !isFixed(body, test.limit, writes) || !leadsOut(test.test, step)) continue
    const once = body.costs[loop.at + 1] ?? 0
    const perTurn = test.payments.reduce((sum, at) => sum + (body.costs[at] ?? 0), 0)
    return { ...test, step, once, perTurn, isSmall: size <= MAX_TWICE && !writes.hasLoop }
  }
  return undefined
}

/** `loop … <test> br_if 0 end`, as LLVM writes it. */
function testsAtEnd(body: Body, loop: Construct): Test[] | undefined {
  const jump = loop.end - 1
  if (body.ops[jump] !== OP.brIf || immediate(body, jump) !== 0) return undefined
  const rest = { isTestLast: true, payments: [loop.at + 1] }
  return testsBefore(body, jump).map((test) => ({ ...test, ...rest }))
}

/** `loop <test> if … br 1 end end`, as AssemblyScript writes it. */
function testsAtStart(body: Body, loop: Construct): Test[] {
  const end = loop.end - 1
  const at = [loop.at + 2, loop.at + 4].find((place) => body.constructs.get(place)?.end === end) ?? -1
  const construct = body.constructs.get(at)
  if (construct?.op !== OP.if || construct.otherwise >= 0 || construct.branches > 0) return []
  if (!isVoid(body, at) || body.ops[end - 1] !== OP.br || immediate(body, end - 1) !== 1) return []
  const rest = { isTestLast: false, payments: [loop.at + 1, at + 1] }
  return testsBefore(body, at).map((test) => ({ ...test, ...rest }))
}

/** What may decide the branch at a place: a variable that is not zero, or one compared with a limit, either way round. */
function testsBefore(body: Body, at: number): Pick<Test, 'variable' | 'test' | 'limit'>[] {
  const isVariable = (place: number): boolean =>
    body.ops[place] === OP.localGet || body.ops[place] === OP.localTee
  if (isVariable(at - 1)) return [{ variable: immediate(body, at - 1), test: OP.i32Ne, limit: undefined }]
  const test = body.ops[at - 1] ?? 0
  const turned = TURNED.get(test)
  if (turned === undefined) return []
  const right = at - 2
  const left = right - (body.ops[right] === OP.localTee ? STEP_LENGTH : 1)
  return [
    ...(isVariable(left) ? [{ variable: immediate(body, left), test, limit: right }] : []),
    ...(isVariable(right) ? [{ variable: immediate(body, right), test: turned, limit: left }] : []),
  ]
}

/** The one write of the variable, when it is `local.get v, <step>, i32.add, local.set v` and runs in each turn. */
function stepOf(body: Body, test: Test, writes: Writes): Step | undefined {
  const write = writes.locals.get(test.variable)
  if (write?.count !== 1 || write.depth !== (test.isTestLast ? 0 : 1)) return undefined
  const [sum, second, first] = [write.at - 1, write.at - 2, write.at - 3]
  const op = body.ops[sum]
  const isVariable = (place: number): boolean =>
    body.ops[place] === OP.localGet && immediate(body, place) === test.variable
  const isTurned = op === OP.i32Add && isVariable(second)
  if ((op !== OP.i32Add && op !== OP.i32Sub) || (!isVariable(first) && !isTurned)) return undefined
  const at = isTurned ? first : second
  if (body.ops[at] === OP.i32Const) {
    const value = immediate(body, at)
    return { kind: 'number', value: op === OP.i32Add ? value : -value }
  }
  const isKept = body.ops[at] === OP.localGet && !writes.locals.has(immediate(body, at))
  return isKept && op === OP.i32Add ? { kind: 'local', at } : undefined
}

/** Whether steps of this kind lead towards the limit, so that the turns can be counted. */
function leadsOut(test: number, step: Step): boolean {
  if (step.kind === 'local') return RISING.has(test)
  if (test === OP.i32Ne) return step.value !== 0
  return RISING.has(test) ? step.value > 0 : step.value < 0
}

function isFixed(body: Body, at: number | undefined, writes: Writes): boolean {
  if (at === undefined) return true
  const op = body.ops[at]
  if (op === OP.localGet) return !writes.locals.has(immediate(body, at))
  if (op === OP.globalGet) return !writes.hasCall && !writes.globals.has(immediate(body, at))
  return op === OP.i32Const
}

type Write = { readonly count: number; readonly at: number; readonly depth: number }
type Writes = {
  readonly locals: ReadonlyMap<number, Write>
  readonly globals: ReadonlySet<number>
  readonly hasCall: boolean
  readonly hasLoop: boolean
}

function writesIn(body: Body, loop: Construct): Writes {
  const locals = new Map<number, Write>()
  const globals = new Set<number>()
  let [depth, hasCall, hasLoop] = [0, false, false]
  for (let at = loop.at + 1; at < loop.end; at += 1) {
    const op = body.ops[at] ?? 0
    if (op === OP.localSet || op === OP.localTee) {
      const local = immediate(body, at)
      locals.set(local, { count: (locals.get(local)?.count ?? 0) + 1, at, depth })
    } else if (op === OP.globalSet) globals.add(immediate(body, at))
    else if (op === OP.end) depth -= 1
    else if (op === OP.block || op === OP.loop || op === OP.if) depth += 1
    hasCall ||= op === OP.call || op === OP.callIndirect
    hasLoop ||= op === OP.loop
  }
  return { locals, globals, hasCall, hasLoop }
}

function isVoid(body: Body, at: number): boolean {
  return body.bytes[(body.starts[at] ?? 0) + 1] === VOID
}

/** The number after an opcode of one byte: signed for a constant, an index otherwise. */
function immediate(body: Body, at: number): number {
  const reader = new WasmReader(body.bytes, (body.starts[at] ?? 0) + 1)
  return body.ops[at] === OP.i32Const ? reader.i32() : reader.u32()
}
