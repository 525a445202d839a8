import { Failure, reason } from '../../protocol/failure.ts'

/** What is wrong with a form: the path of the field, empty when it is the whole, and the sentence. */
export type Problem = { readonly path: string; readonly text: string }

/** Reads the field out of a failure's message, which begins with its path. */
export function problemOf(error: unknown): Problem {
  const text = reason(error)
  const hasPath = error instanceof Failure && (error.code === 'malformed' || error.code === 'unsupported')
  const [, path = ''] = (hasPath && /^([A-Za-z][\w.[\]-]*): /.exec(text)) || []
  return { path, text }
}

/** Tells whether a problem lies in the field at `path` or inside it. */
export function isIn(problem: Problem | undefined, path: string): boolean {
  if (problem === undefined || !problem.path.startsWith(path)) return false
  return /^([.[]|$)/.test(problem.path.slice(path.length))
}
