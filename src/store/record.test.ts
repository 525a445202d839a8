import { expect, test } from 'vitest'
import { encodeCbor } from '../protocol/cbor.ts'
import { Failure } from '../protocol/failure.ts'
import { packRecord, parseRecord } from './record.ts'

test('a record comes back with its kind and body', () => {
  const body = { unit: 7, digest: new Uint8Array([1, 2]), list: [null, true] }
  expect(parseRecord(packRecord('accepted', body))).toEqual({ kind: 'accepted', body })
})

test('a record of another version is refused with the way out', () => {
  const read = (): unknown => parseRecord(encodeCbor({ v: 2, kind: 'accepted', extra: 1 }))
  expect(read).toThrow(expect.objectContaining({ code: 'unsupported' }))
  expect(read).toThrow(/record\.v: version 2 is not supported.*Run the program that wrote it/)
})

test.each([
  ['no record', encodeCbor(7), /^record: expected an object/],
  ['no version', encodeCbor({ kind: 'a', body: 1 }), /^record\.v: expected 1/],
  ['a version that is text', encodeCbor({ v: '1', kind: 'a', body: 1 }), /^record\.v: expected 1/],
  ['an unknown field', encodeCbor({ v: 1, kind: 'a', body: 1, more: 1 }), /^record\.more: unknown field/],
  ['no kind', encodeCbor({ v: 1, body: 1 }), /^record\.kind: expected text/],
  ['no body', encodeCbor({ v: 1, kind: 'a' }), /^record\.body: expected a value/],
  ['cut bytes', packRecord('a', 'text').subarray(0, 5), /^record: expected canonical CBOR/],
])('%s is malformed', (_, bytes, message) => {
  expect(() => parseRecord(bytes)).toThrow(message)
  expect(() => parseRecord(bytes)).toThrow(Failure)
})
