import { Failure } from '../../protocol/failure.ts'

/** A piece of WGSL text. Joined again, the texts of all tokens are the program without its comments, line for line. */
export type Token = {
  readonly kind: 'word' | 'number' | 'mark' | 'blank'
  readonly text: string
  readonly line: number
}

const LINE_BREAK = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/gu
const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['blank', /(?:[ \t\n\v\f\r\u0085\u200e\u200f\u2028\u2029]|\/\/[^\n\v\f\r\u0085\u2028\u2029]*)+/uy],
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['number', /\.?[0-9][0-9A-Za-z_.]*/y],
  ['mark', /[!-~]/y],
]

/**
 * Cuts WGSL into tokens. Comments become blanks, so that what the driver compiles is exactly what was read here. Throws
 * `compile` with the line of what cannot be read.
 */
export function readTokens(source: string): Token[] {
  const tokens: Token[] = []
  let [at, line] = [0, 1]
  while (at < source.length) {
    const [kind, end] = source.startsWith('/*', at)
      ? (['blank', endOfComment(source, at, line)] as const)
      : readToken(source, at, line)
    const text = source.slice(at, end)
    const breaks = kind === 'blank' ? (text.match(LINE_BREAK)?.length ?? 0) : 0
    tokens.push({ kind, line, text: kind === 'blank' ? '\n'.repeat(breaks) || ' ' : text })
    line += breaks
    at = end
  }
  return tokens
}

function readToken(source: string, at: number, line: number): readonly [Token['kind'], number] {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at
    if (pattern.test(source)) return [kind, pattern.lastIndex]
  }
  const code = (source.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  throw new Failure('compile', `WGSL line ${line}: the character U+${code} is allowed in comments only`)
}

/** The end of a block comment; block comments nest. */
function endOfComment(source: string, start: number, line: number): number {
  const edge = /\/\*|\*\//g
  edge.lastIndex = start
  let depth = 0
  for (let match = edge.exec(source); match !== null; match = edge.exec(source)) {
    depth += match[0] === '/*' ? 1 : -1
    if (depth === 0) return edge.lastIndex
  }
  throw new Failure('compile', `WGSL line ${line}: a block comment has no end`)
}
