import { expect, test } from 'vitest'
import { parseKept, readPayee } from './choice.ts'

const right = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'

test('a pasted address is read with its checksum', async () => {
  expect(await readPayee(` ${right}\n`)).toBe(right.toLowerCase())
  await expect(readPayee(right.replace('5aA', '5aa'))).rejects.toThrow(/^payee: .*checksum/)
  await expect(readPayee('0x12')).rejects.toThrow(/^payee: /)
  await expect(readPayee('')).rejects.toThrow(/^payee: /)
})

test('an earlier choice is taken up only when it is whole', () => {
  expect(parseKept(JSON.stringify({ duty: 0.3, payee: right }))).toEqual({ duty: 0.3, payee: right })
  expect(parseKept('{"duty":1}')).toEqual({ duty: 1 })
  for (const odd of [
    null,
    '',
    'x',
    'null',
    '[]',
    '{"duty":0}',
    '{"duty":"1"}',
    '{"duty":2}',
    '{"duty":null}',
  ])
    expect(parseKept(odd)).toBeUndefined()
})
