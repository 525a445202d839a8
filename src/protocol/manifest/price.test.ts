import { expect, test } from 'vitest'
import { parsePrice, rateOf, replicaPrice } from './price.ts'

const wasm = { programs: [{ kind: 'wasm' }], fuel: 1_500_000 }
const twins = { ...wasm, programs: [{ kind: 'wasm' }, { kind: 'wgsl' }] }

test('a price is a sum for each result, or for each million instructions', () => {
  expect(parsePrice({ replica: '5' }, 'price', twins)).toEqual({ replica: '5' })
  const price = parsePrice({ megainstruction: '10' }, 'price', wasm)
  expect(price).toEqual({ megainstruction: '10' })
  expect(replicaPrice({ price, limits: wasm })).toBe(15n)
  expect([rateOf({ price }), rateOf({ price: { replica: '5' } })]).toEqual([{ rate: 10n }, {}])
})

test.each<[unknown, typeof wasm, string]>([
  [{}, wasm, 'price: expected "replica", for each result, or of WASM only "megainstruction"'],
  [
    { replica: '1', megainstruction: '1' },
    wasm,
    'price: expected either replica or megainstruction, not both',
  ],
  [{ megainstruction: '1' }, twins, 'price.megainstruction: expected WASM programs only'],
  [{ megainstruction: 1 }, wasm, 'price.megainstruction: expected an amount of wei'],
  [{ megainstruction: `${2n ** 88n - 1n}` }, wasm, 'price.megainstruction: expected 0 to'],
])('%j is no price: %#', (value, job, message) => {
  expect(() => parsePrice(value, 'price', job)).toThrow(message)
})
