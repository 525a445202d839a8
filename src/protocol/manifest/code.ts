import type { Cid } from '../cid.ts'
import { readCid } from '../cid.ts'
import { malformed } from '../failure.ts'
import { at, readInteger, readRecord } from '../read.ts'

/** Content-addressed code: WGSL text in UTF-8, or a WASM module. */
export type Code = { readonly cid: Cid; readonly bytes: number }

/** Reads the name and length of code of at most `maxBytes`. Throws `malformed` with the field's path. */
export function parseCode(value: unknown, path: string, maxBytes: number): Code {
  if (value === undefined)
    throw malformed(path, 'an object with "cid" and "bytes", or with "file" where files are published')
  const record = readRecord(value, path, ['cid', 'bytes'])
  return {
    cid: readCid(record.cid, at(path, 'cid')),
    bytes: readInteger(record.bytes, at(path, 'bytes'), [1, maxBytes]),
  }
}
