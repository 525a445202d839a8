import { expect, test } from 'vitest'
import { locate } from './locate.ts'

const json = `{
  "app": { "name": "a, [b] {c}: \\"d\\"" },
  "programs": [
    { "kind": "wgsl", "passes": [[1, 2], []] },
    { "kind": "wasm",
      "wasm": { "abi": "kernel1" } }
  ],
  "price": { "replica": "1" }
}`

const at = (path: string): string => json.slice(locate(json, path).offset)

test('a field is found by its path, past strings that look like structure', () => {
  expect(at('programs[1].wasm.abi')).toMatch(/^"kernel1"/)
  expect(locate(json, 'programs[1].wasm.abi').line).toBe(6)
  expect(at('programs[0].passes[1]')).toMatch(/^\[\]/)
  expect(at('price.replica')).toMatch(/^"1"/)
  expect(at('app')).toMatch(/^\{ "name"/)
})

test('a field that is not there leads to what surrounds it', () => {
  expect(at('programs[1].code.cid')).toMatch(/^\{ "kind": "wasm"/)
  expect(locate(json, 'units').line).toBe(1)
  expect(locate(json, 'programs[7]').line).toBe(3)
  expect(locate('', 'units')).toEqual({ offset: 0, line: 1 })
})
