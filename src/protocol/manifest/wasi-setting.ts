import { malformed } from '../failure.ts'
import { at, readList, readRecord, readText } from '../read.ts'
import type { Expression } from './expression.ts'
import { compileExpression } from './expression.ts'
import type { Outputs } from './outputs.ts'
import type { Recipe, Scope } from './recipe.ts'
import { parseRecipe } from './recipe.ts'

/** An argument: a text, or the value of an expression in decimal digits. */
export type Argument = string | { readonly value: Expression }
/** A file that is there when a program starts, by its path, which begins with `/`. Nothing is padded in it. */
export type StartFile = { readonly path: string; readonly content: Recipe }
/**
 * What a program for WASI finds when it starts, beside its standard input: arguments after its name, variables, files; and
 * where each output comes from, by name: `stdout`, or the path of a file that it leaves.
 */
export type WasiSetting = {
  readonly args?: readonly Argument[]
  readonly env?: Readonly<Record<string, string>>
  readonly files?: readonly StartFile[]
  readonly from?: Readonly<Record<string, string>>
}

/** The fields of a setting. */
export const wasiFields = ['args', 'env', 'files', 'from'] as const
/** The `from` of an output that is what the program writes to its standard output. */
export const STDOUT = 'stdout'
const MAX_ENTRIES = 64
const MAX_TEXT = 4_096
const MAX_PATH = 255

/** Reads the setting of a program for WASI; what is left out stays out. Throws `malformed` with the field's path. */
export function parseWasiSetting(value: unknown, path: string, scope: Scope): WasiSetting {
  const { args, env, files, from } = value as Record<string, unknown>
  return {
    ...(args !== undefined && {
      args: readList(args, at(path, 'args'), {
        max: MAX_ENTRIES,
        read: (entry, place) => parseArgument(entry, place, scope.names),
      }),
    }),
    ...(env !== undefined && { env: readTexts(env, at(path, 'env'), readVariable) }),
    ...(files !== undefined && { files: parseFiles(files, at(path, 'files'), scope) }),
    ...(from !== undefined && { from: readTexts(from, at(path, 'from'), readSource) }),
  }
}

/** Where each output of a job comes from: what `from` says; without it the first is the standard output, others are files of their names. */
export function sourcesOf({ from = {} }: WasiSetting, outputs: Outputs): string[] {
  return outputs.map(({ name }, index) => from[name] ?? (index === 0 ? STDOUT : `/${name}`))
}

/** Checks that `from` speaks of outputs that there are, and that the standard output is one of them only. Throws `malformed`. */
export function checkSources(setting: WasiSetting, outputs: Outputs, path: string): void {
  const { from = {} } = setting
  const stranger = Object.keys(from).find((name) => outputs.every((output) => output.name !== name))
  if (stranger !== undefined)
    throw malformed(
      at(at(path, 'from'), stranger),
      `the name of an output, one of ${outputs.map(({ name }) => name).join(', ')}`,
    )
  const [first, second] = outputs.filter((_, index) => sourcesOf(setting, outputs)[index] === STDOUT)
  if (first !== undefined && second !== undefined)
    throw malformed(
      at(at(path, 'from'), second.name),
      `a path like "/${second.name}", because "${first.name}" is the standard output already`,
    )
}

function parseArgument(value: unknown, path: string, names: readonly string[]): Argument {
  if (typeof value === 'string') return readLine(value, path)
  const record = readRecord(value, path, ['value'])
  compileExpression(record.value, at(path, 'value'), names)
  return { value: record.value as Expression }
}

function parseFiles(value: unknown, path: string, scope: Scope): StartFile[] {
  const files = readList(value, path, {
    max: MAX_ENTRIES,
    read: (entry, place) => {
      const record = readRecord(entry, place, ['path', 'content'])
      return {
        path: readPath(record.path, at(place, 'path')),
        content: parseRecipe(record.content, at(place, 'content'), scope),
      }
    },
  })
  for (const [index, file] of files.entries()) {
    const isTaken = files.some(
      (other, place) => place !== index && `${other.path}/`.startsWith(`${file.path}/`),
    )
    if (isTaken) throw malformed(at(at(path, index), 'path'), 'a path of its own', file.path)
  }
  return files
}

type ReadEntry = (name: string, text: unknown, path: string) => string

function readTexts(value: unknown, path: string, read: ReadEntry): Record<string, string> {
  const record = readRecord(value, path, Object.keys(value ?? {}))
  const entries = Object.entries(record)
  if (entries.length > MAX_ENTRIES) throw malformed(path, `at most ${MAX_ENTRIES} entries`, value)
  return Object.fromEntries(entries.map(([name, text]) => [name, read(name, text, at(path, name))]))
}

function readVariable(name: string, text: unknown, path: string): string {
  if (!/^[^=\0]{1,128}$/.test(name)) throw malformed(path, 'a name of 1 to 128 characters, without "="')
  return readLine(text, path)
}

function readSource(_name: string, text: unknown, path: string): string {
  return text === STDOUT ? STDOUT : readPath(text, path)
}

function readLine(value: unknown, path: string): string {
  const text = readText(value, path, MAX_TEXT)
  if (text.includes('\0')) throw malformed(path, 'text without the character 0')
  return text
}

function readPath(value: unknown, path: string): string {
  const text = readText(value, path, MAX_PATH)
  const [first, ...names] = text.split('/')
  const isPlain = names.length > 0 && names.every((name) => !['', '.', '..'].includes(name))
  if (first !== '' || !isPlain || text.includes('\0'))
    throw malformed(path, 'a path like "/folder/file"', text)
  return text
}
