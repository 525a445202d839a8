import { malformed } from '../failure.ts'

/**
 * An integer expression over `$names`: a number, or text like `ceil($width/8)*4`. Operators `+ - * / %` (division rounds
 * towards zero), unary minus, parentheses, and the functions `ceil(a/b)`, `min(a,b)`, `max(a,b)`, `pow(a,b)`. Values are exact
 * up to 2^53.
 */
export type Expression = number | string
/** The values that the names in an expression stand for. */
export type Bindings = Readonly<Record<string, number>>
/** An expression that has been read. Throws `malformed` when a value leaves the exact integers or divides by zero. */
export type Evaluate = (bindings: Bindings) => number

/** Reads an expression whose names must be among `names`. Nothing in it is ever run as code. Throws `malformed`. */
export function compileExpression(value: unknown, path: string, names: readonly string[]): Evaluate {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw malformed(path, 'a whole number', value)
    return () => value
  }
  if (typeof value !== 'string' || value.length > 200)
    throw malformed(path, 'a number or an expression', value)
  return new Parser(value, path, names).whole()
}

/** The names that an expression uses. */
export function namesIn(expression: Expression): string[] {
  return typeof expression === 'number'
    ? []
    : (expression.match(/\$[a-z][a-z0-9_]*/gi) ?? []).map((name) => name.slice(1))
}

/** A negative exponent gives a fraction, or nothing exact, and is refused like every value that is no whole number. */
const functions: Readonly<Record<string, (a: number, b: number) => number>> = {
  min: Math.min,
  max: Math.max,
  pow: Math.pow,
}

class Parser {
  readonly #tokens: string[]
  readonly #path: string
  readonly #names: readonly string[]
  #place = 0
  #depth = 0

  constructor(text: string, path: string, names: readonly string[]) {
    this.#path = path
    this.#names = names
    this.#tokens = text.match(/\$[a-z][a-z0-9_]*|[a-z]+|[0-9]+|\S/gi) ?? []
  }

  whole(): Evaluate {
    const result = this.#sum()
    if (this.#place < this.#tokens.length) throw this.#wrong('an operator')
    return result
  }

  #sum(): Evaluate {
    let left = this.#product()
    while (this.#peek() === '+' || this.#peek() === '-') {
      const [a, isPlus, b] = [left, this.#next() === '+', this.#product()]
      left = this.#exact((env) => (isPlus ? a(env) + b(env) : a(env) - b(env)))
    }
    return left
  }

  #product(): Evaluate {
    let left = this.#term()
    for (let sign = this.#peek(); sign === '*' || sign === '/' || sign === '%'; sign = this.#peek()) {
      this.#next()
      const [a, operator, b] = [left, sign, this.#term()]
      left = this.#exact((env) => {
        if (operator === '*') return a(env) * b(env)
        const divisor = this.#nonZero(b(env))
        return operator === '/' ? Math.trunc(a(env) / divisor) : a(env) % divisor
      })
    }
    return left
  }

  #term(): Evaluate {
    this.#depth += 1
    if (this.#depth > 50) throw malformed(this.#path, 'an expression nested at most 50 deep')
    const result = this.#atom()
    this.#depth -= 1
    return result
  }

  #atom(): Evaluate {
    const token = this.#next()
    if (token === '-') {
      const inner = this.#term()
      return (env) => 0 - inner(env)
    }
    if (token === '(') return this.#closed(this.#sum())
    if (token?.startsWith('$') && token.length > 1) return this.#name(token.slice(1))
    if (token !== undefined && /^[0-9]+$/.test(token)) return this.#constant(Number(token))
    if (token !== undefined && (token === 'ceil' || Object.hasOwn(functions, token))) return this.#call(token)
    throw this.#wrong('a number, a $name, a function or a parenthesis', token)
  }

  #call(name: string): Evaluate {
    this.#expect('(')
    if (name === 'ceil') return this.#ceil()
    const a = this.#sum()
    this.#expect(',')
    const b = this.#closed(this.#sum())
    const run = functions[name]
    if (run === undefined) throw this.#wrong('a function', name)
    return this.#exact((env) => run(a(env), b(env)))
  }

  /** `ceil(a/b)`: only a quotient has something to round up; `a` and `b` are single terms. */
  #ceil(): Evaluate {
    const a = this.#term()
    this.#expect('/')
    const b = this.#closed(this.#term())
    return this.#exact((env) => Math.ceil(a(env) / this.#nonZero(b(env))))
  }

  #name(name: string): Evaluate {
    if (!this.#names.includes(name))
      throw malformed(this.#path, `a known name, one of ${this.#names.join(', ') || 'none'}`, `$${name}`)
    return (env) => {
      const value = env[name]
      if (value === undefined) throw malformed(this.#path, `a value for $${name}`)
      return value
    }
  }

  #constant(value: number): Evaluate {
    if (!Number.isSafeInteger(value)) throw malformed(this.#path, 'a number below 2^53', value)
    return () => value
  }

  #closed(inner: Evaluate): Evaluate {
    this.#expect(')')
    return inner
  }

  #exact(run: Evaluate): Evaluate {
    return (env) => {
      const value = run(env)
      if (!Number.isSafeInteger(value)) throw malformed(this.#path, 'a value below 2^53', value)
      return value + 0 // never -0
    }
  }

  #nonZero(value: number): number {
    if (value === 0) throw malformed(this.#path, 'a divisor other than zero')
    return value
  }

  #expect(token: string): void {
    const found = this.#next()
    if (found !== token) throw this.#wrong(`"${token}"`, found)
  }

  #peek(): string | undefined {
    return this.#tokens[this.#place]
  }

  #next(): string | undefined {
    this.#place += 1
    return this.#tokens[this.#place - 1]
  }

  #wrong(expected: string, found: string | undefined = this.#peek()): Error {
    return malformed(this.#path, expected, found ?? 'the end')
  }
}
