import { describe, expect, test } from 'vitest'
import { Failure } from '../failure.ts'
import { compileExpression } from './expression.ts'

const bindings = { width: 100, i: 7, big: 2 ** 53 - 1, zero: 0, minus: -9, constructor: 5 }
const names = Object.keys(bindings)
const run = (value: unknown): number => compileExpression(value, 'dispatch[0]', names)(bindings)

describe('values', () => {
  test.each<[unknown, number]>([
    [5, 5],
    [-5, -5],
    ['5', 5],
    ['$i', 7],
    [' $i\t+ 1\n', 8],
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 3 - 2', 5],
    ['100 / 10 / 2', 5],
    ['100 / (10 / 2)', 20],
    ['2 * 7 % 4', 2],
    ['7 % 4 * 2', 6],
    ['1 - -1', 2],
    ['--1', 1],
    ['-2 * -3', 6],
    ['-$i % 4', -3],
    ['7 / 2', 3],
    ['-7 / 2', -3],
    ['$minus / 2', -4],
    ['ceil($width/8)', 13],
    ['ceil($width/8)*4', 52],
    ['ceil(($width + 4)/8)', 13],
    ['ceil(-7/2)', -3],
    ['min($i, 3)', 3],
    ['max($i, 3 * 4)', 12],
    ['min(max(1, 2), ceil(5/2))', 2],
    ['pow(2, 52)', 2 ** 52],
    ['pow(2, $i) + pow($minus, 2) + pow(0, 0)', 210],
    ['$big', 2 ** 53 - 1],
    ['$big - 1 + 1', 2 ** 53 - 1],
    ['$constructor', 5],
    ['0 * -1', 0],
    ['-4 % 2', 0],
    ['-$zero', 0],
  ])('%j is %i', (expression, value) => {
    expect(run(expression)).toBe(value)
  })
})

test('division is exact up to 2^53', () => {
  for (let i = 0n; i < 2000n; i += 1n) {
    const a = (i * 0x9e3779b97f4a7c15n + i) % 2n ** 53n
    const b = ((i * 0xc2b2ae3d27d4eb4fn) % 2n ** (1n + (i % 53n))) + 1n
    const exact = { quotient: Number(a / b), up: Number((a + b - 1n) / b), rest: Number(a % b) }
    const env = { a: Number(a), b: Number(b) }
    const value = (text: string): number => compileExpression(text, '', ['a', 'b'])(env)
    expect({ quotient: value('$a/$b'), up: value('ceil($a/$b)'), rest: value('$a%$b') }).toEqual(exact)
  }
})

describe('what is no expression is refused before anything runs', () => {
  test.each<[unknown, string]>([
    [null, 'a number or an expression, found null'],
    [1.5, 'a whole number, found 1.5'],
    [Number.NaN, 'a whole number'],
    [2 ** 53, 'a whole number'],
    [[], 'a number or an expression'],
    ['', 'a number, a $name, a function or a parenthesis, found "the end"'],
    ['1 +', 'found "the end"'],
    ['1 2', 'an operator, found "2"'],
    ['1.5', 'an operator, found "."'],
    ['1e3', 'an operator, found "e"'],
    ['0x10', 'an operator, found "x"'],
    ['(1', '")", found "the end"'],
    ['1)', 'an operator, found ")"'],
    ['()', 'found ")"'],
    ['* 2', 'found "*"'],
    ['2 ** 3', 'found "*"'],
    ['1 == 1', 'an operator, found "="'],
    ['+1', 'found "+"'],
    ['$', 'found "$"'],
    ['width', 'found "width"'],
    ['$height', 'a known name, one of width, i'],
    ['$toString', 'a known name'],
    ['floor(1)', 'found "floor"'],
    ['toString(1, 2)', 'found "toString"'],
    ['constructor("x")', 'found "constructor"'],
    ['min(1)', '",", found ")"'],
    ['min(1, 2, 3)', '")", found ","'],
    ['ceil(1)', '"/", found ")"'],
    ['ceil(1/2', '")"'],
    ['`1`', 'found "`"'],
    ['alert(1)', 'found "alert"'],
    ['$i; $i', 'an operator, found ";"'],
    ['$i.x', 'an operator, found "."'],
    ['$i[0]', 'an operator, found "["'],
    ['9007199254740992', 'a number below 2^53'],
    ['9'.repeat(201), 'a number or an expression'],
    [`${'('.repeat(60)}1${')'.repeat(60)}`, 'nested at most 50 deep'],
    [`${'-'.repeat(100)}1`, 'nested at most 50 deep'],
  ])('%j', (expression, message) => {
    const compile = (): unknown => compileExpression(expression, 'dispatch[0]', names)
    expect(compile).toThrow(message)
    expect(compile).toThrow(/^dispatch\[0\]: expected/)
    expect(compile).toThrow(Failure)
  })
})

describe('what cannot be computed fails when it is, and says where', () => {
  test.each([
    ['1 / $zero', 'a divisor other than zero'],
    ['1 % $zero', 'a divisor other than zero'],
    ['ceil(1/$zero)', 'a divisor other than zero'],
    ['1 / (1 - 1)', 'a divisor other than zero'],
    ['$big + 1', 'a value below 2^53'],
    ['-$big - 2', 'a value below 2^53'],
    ['$big * $big', 'a value below 2^53'],
  ])('%s', (expression, message) => {
    const evaluate = compileExpression(expression, 'dispatch[0]', names)
    expect(() => evaluate(bindings)).toThrow(`dispatch[0]: expected ${message}`)
  })

  test('a name without a value', () => {
    expect(() => compileExpression('$i', 'x', ['i'])({})).toThrow('x: expected a value for $i')
  })
})

test('fifty nested parentheses and the longest text still work', () => {
  expect(run(`${'('.repeat(49)}1${')'.repeat(49)}`)).toBe(1)
  expect(run(`1${' '.repeat(199)}`)).toBe(1)
})
