import type { Cid } from '../../protocol/cid.ts'
import { cidOf } from '../../protocol/cid.ts'
import { Failure, malformed } from '../../protocol/failure.ts'
import { parseManifest } from '../../protocol/manifest/manifest.ts'
import { checkNamed } from '../../publisher/draft.ts'
import type { Draft } from '../../publisher/state.ts'

/** A file that the visitor chose, and the name of its bytes: a large one is not to be read at every key. */
export type Upload = { readonly name: string; readonly bytes: Uint8Array; readonly cid: Cid }

/** Names a chosen file by its bytes. */
export function uploadOf(name: string, bytes: Uint8Array): Upload {
  return { name, bytes, cid: cidOf(bytes) }
}

/**
 * Makes a draft of a manifest in JSON and the files that it needs, without looking into them. CIDs and lengths that the manifest leaves out are taken
 * from the files: code by its ending, inputs by their name. Throws `malformed` or `unsupported` with the field's path.
 */
export function draftOf(json: string, uploads: readonly Upload[]): Draft {
  const value = parseJson(json)
  const manifest = parseManifest(fillIn(value, uploads))
  const blobs = new Map(uploads.map(({ cid, bytes }) => [cid, bytes]))
  const draft = { manifest, blobs }
  checkNamed(draft)
  return draft
}

function parseJson(json: string): unknown {
  if (json.trim() === '') throw malformed('manifest', 'a manifest in JSON')
  try {
    return JSON.parse(json)
  } catch (error) {
    throw new Failure('malformed', `manifest: this is not JSON: ${(error as SyntaxError).message}`)
  }
}

/** Adds what can be told from the files; anything odd is left for the parser to refuse. */
function fillIn(value: unknown, uploads: readonly Upload[]): unknown {
  if (!isRecord(value)) return value
  const { programs, inputs } = value
  const filled = { ...value }
  if (Array.isArray(programs))
    filled.programs = programs.map((program, index) => fillCode(program, index, uploads))
  if (Array.isArray(inputs)) filled.inputs = inputs.map((input, index) => fillInput(input, index, uploads))
  return filled
}

function fillCode(program: unknown, index: number, uploads: readonly Upload[]): unknown {
  if (!isRecord(program)) return program
  const { code } = program
  const file = isRecord(code) && typeof code.file === 'string' ? code.file : undefined
  if (code !== undefined && file === undefined) return program
  const upload = uploads.find(({ name }) =>
    file === undefined ? name.toLowerCase().endsWith(`.${String(program.kind)}`) : name === file,
  )
  if (upload === undefined)
    throw malformed(
      `programs[${index}].code`,
      `a chosen file ${file ?? `ending in .${String(program.kind)}`}`,
    )
  return { ...program, code: nameOf(upload) }
}

function fillInput(input: unknown, index: number, uploads: readonly Upload[]): unknown {
  if (!isRecord(input) || input.cid !== undefined) return input
  const { file, ...rest } = input
  const upload = uploads.find(({ name }) =>
    file === undefined ? name.replace(/\.[^.]*$/, '') === input.name : name === file,
  )
  if (upload === undefined)
    throw malformed(`inputs[${index}].cid`, `a chosen file called ${String(file ?? input.name)}`)
  return { ...rest, ...nameOf(upload) }
}

function nameOf({ cid, bytes }: Upload): { cid: string; bytes: number } {
  return { cid, bytes: bytes.length }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
