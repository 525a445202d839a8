import { expect, test } from 'vitest'
import { keccak } from './account.ts'
import { loadKeccak } from './fast-keccak.ts'

test('the keccak in WebAssembly gives the usual hashes, of any length, each in bytes of its own', async () => {
  const hash = await loadKeccak()
  const inputs = Array.from({ length: 300 }, (_, length) => new Uint8Array(length).fill(length))
  const hashes = inputs.map((bytes) => hash(bytes))
  expect(hashes).toEqual(inputs.map(keccak))
})
