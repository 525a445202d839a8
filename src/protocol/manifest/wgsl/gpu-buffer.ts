import { at, readRecord, readText, readWord } from '../../read.ts'
import type { Expression } from '../expression.ts'
import { compileExpression } from '../expression.ts'
import type { Recipe, Scope } from '../recipe.ts'
import { parseRecipe } from '../recipe.ts'

/**
 * A buffer of a WGSL program: `init` fills it, otherwise it starts as zeros. With scope `unit` that is done for each unit, and
 * a uniform whose `init` uses `$iteration` or `$step` is filled anew for each turn of a pass. With scope `lease` it is done once,
 * when the kernel is loaded, and the buffer can only be read.
 */
export type GpuBuffer = {
  readonly name: string
  readonly usage: 'uniform' | 'storage'
  readonly scope: 'unit' | 'lease'
  readonly bytes: Expression
  readonly init?: Recipe
}

/**
 * The names that expressions of a pass may use, too: `iteration` is the turn of the pass, or of the group that it is in, and
 * `step` the turn of the pass itself. A name of the job that is spelled so goes first.
 */
export function turnNames(names: readonly string[]): readonly string[] {
  return [...new Set([...names, 'iteration', 'step'])]
}

/** Reads a buffer. Throws `malformed` with the field's path. */
export function parseBuffer(value: unknown, path: string, scope: Scope): GpuBuffer {
  const record = readRecord(value, path, ['name', 'usage', 'scope', 'bytes', 'init'])
  const usage = readWord(record.usage ?? 'storage', at(path, 'usage'), {
    words: ['uniform', 'storage'] as const,
  })
  const life = readWord(record.scope ?? 'unit', at(path, 'scope'), { words: ['unit', 'lease'] as const })
  const { names } = life === 'lease' ? leaseScope(scope) : scope
  compileExpression(record.bytes, at(path, 'bytes'), names)
  const base = {
    name: readText(record.name, at(path, 'name'), 40),
    usage,
    scope: life,
    bytes: record.bytes as Expression,
  }
  if (record.init === undefined) return base
  return { ...base, init: parseRecipe(record.init, at(path, 'init'), initScope(base, scope)) }
}

/** What the recipe of a buffer may refer to. */
function initScope({ scope, usage }: Pick<GpuBuffer, 'scope' | 'usage'>, job: Scope): Scope {
  if (scope === 'lease') return leaseScope(job)
  return usage === 'uniform' ? { ...job, names: turnNames(job.names) } : job
}

/** What is the same for all units and rounds of a job. */
function leaseScope(scope: Scope): Scope {
  return { ...scope, names: scope.fixed, previous: [] }
}
