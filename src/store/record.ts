import { decodeCbor, encodeCbor } from '../protocol/cbor.ts'
import { Failure, malformed } from '../protocol/failure.ts'
import { readRecord, readText } from '../protocol/read.ts'

/** One entry of a journal. The folder that writes a kind of record defines and parses its body. */
export type JournalRecord = { readonly kind: string; readonly body: unknown }

const VERSION = 1

/** Writes a record in the one format that all journals share. */
export function packRecord(kind: string, body: unknown): Uint8Array<ArrayBuffer> {
  return encodeCbor({ v: VERSION, kind, body })
}

/** Reads what `packRecord` wrote. Throws `unsupported` for another version of the format, else `malformed`. */
export function parseRecord(bytes: Uint8Array): JournalRecord {
  const path = 'record'
  const value = decodeCbor(bytes, path)
  const version = (value as { v?: unknown } | null)?.v
  if (typeof version === 'number' && version !== VERSION) {
    throw new Failure(
      'unsupported',
      `record.v: version ${version} is not supported, this program reads version ${VERSION}. Run the program that wrote it, or start with an empty store`,
    )
  }
  const record = readRecord(value, path, ['v', 'kind', 'body'])
  if (record.v !== VERSION) throw malformed('record.v', String(VERSION), record.v)
  if (record.body === undefined) throw malformed('record.body', 'a value')
  return { kind: readText(record.kind, 'record.kind', 40), body: record.body }
}
