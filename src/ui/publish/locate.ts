/** Where a value begins in a JSON text. */
export type Spot = { readonly offset: number; readonly line: number }

/**
 * Finds the value at a path such as `programs[0].code` in a JSON text, or the nearest one around it when the path itself
 * is not there. The text must parse as JSON.
 */
export function locate(json: string, path: string): Spot {
  const tokens = [...json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)]
  const keys = path.match(/[^.[\]]+/g) ?? []
  let at = 0
  for (const key of keys) {
    const next = child(tokens, at, key)
    if (next === undefined) break
    at = next
  }
  const offset = tokens[at]?.index ?? 0
  return { offset, line: json.slice(0, offset).split('\n').length }
}

type Tokens = readonly RegExpMatchArray[]

/** The token that begins the value of `key` (a name or an index) in the object or list that begins at token `start`. */
function child(tokens: Tokens, start: number, key: string): number | undefined {
  const isList = tokens[start]?.[0] === '['
  if (!isList && tokens[start]?.[0] !== '{') return undefined
  let place = start + 1
  for (let index = 0; place < tokens.length && !/^[\]}]$/.test(tokens[place]?.[0] ?? ']'); index += 1) {
    const value = isList ? place : place + 2
    if (isList ? String(index) === key : tokens[place]?.[0] === JSON.stringify(key)) return value
    place = endOf(tokens, value)
    if (tokens[place]?.[0] === ',') place += 1
  }
  return undefined
}

/** The token after the value that begins at `start`. */
function endOf(tokens: Tokens, start: number): number {
  let depth = 0
  for (let place = start; place < tokens.length; place += 1) {
    const token = tokens[place]?.[0] ?? ''
    if (token === '{' || token === '[') depth += 1
    if (token === '}' || token === ']') depth -= 1
    if (depth === 0) return place + 1
  }
  return tokens.length
}
