import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { projectFolder } from '../src/cli/project.ts'
import { malformed } from '../src/protocol/failure.ts'
import { at, readBoolean, readList, readRecord, readText } from '../src/protocol/read.ts'
import type { Found } from './row.ts'

/** What a visitor loads at one step, as `.size-limit.mjs` names it, and the files of that step. */
type Budget = { readonly name: string; readonly path: readonly string[] }

const BUDGETS = '.size-limit.mjs'

/** Measures what travels, gzip, from the built pages, by the same lists as the size budgets. Builds them if need be. */
export async function sizes(): Promise<ReadonlyMap<string, Found>> {
  const root = new URL(`file://${projectFolder()}/`)
  const { build } = await import(new URL('src/cli/setup/install.mjs', root).href)
  build()
  const { default: list } = await import(new URL(BUDGETS, root).href)
  return measure(readList(list, BUDGETS, { max: 100, read: readBudget }))
}

function measure(budgets: readonly Budget[]): ReadonlyMap<string, Found> {
  const files = (name: string): readonly string[] => {
    const budget = budgets.find((entry) => entry.name === name)
    if (budget === undefined) throw malformed(BUDGETS, `a budget named "${name}"`)
    return budget.path
  }
  const before = files('contribute page before Start')
  const engine = files('contribute page after Start').filter((file) => !before.includes(file))
  const sandbox = kibibytes(files('sandbox')).toFixed(0)
  return new Map([
    ['sizes.loader', found(files('loader'))],
    ['sizes.frame', found(files('frame before consent'))],
    ['sizes.engine', found(engine, `what Start adds, without the sandbox page of ${sandbox} KiB`)],
    ['sizes.contribute', found(before, 'what is loaded before Start')],
    [
      'sizes.publisher',
      found(files('what the publish and jobs pages add'), 'what the publish and jobs pages add'),
    ],
  ])
}

function found(files: readonly string[], note = ''): Found {
  return { samples: [kibibytes(files)], baseline: null, note }
}

/** Each file travels by itself, so each is packed by itself. */
function kibibytes(files: readonly string[]): number {
  const packed = files.map((file) => gzipSync(readFileSync(join(projectFolder(), file)), { level: 9 }).length)
  return packed.reduce((sum, bytes) => sum + bytes, 0) / 1024
}

function readBudget(value: unknown, path: string): Budget {
  const budget = readRecord(value, path, ['name', 'limit', 'path', 'gzip'])
  if (!readBoolean(budget.gzip, at(path, 'gzip'))) throw malformed(at(path, 'gzip'), 'true')
  return {
    name: readText(budget.name, at(path, 'name')),
    path: readList(budget.path, at(path, 'path'), {
      max: 1_000,
      read: (file, place) => readText(file, place, 1_000),
    }),
  }
}
