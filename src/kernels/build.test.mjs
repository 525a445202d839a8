import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { generate, kernelNames } from './build.mjs'

const standard = ['fft', 'hash', 'map', 'matmul', 'matmul-integer', 'monte-carlo', 'reduce', 'scan', 'sort']
const here = dirname(fileURLToPath(import.meta.url))

test('the standard set and the samples are there', () => {
  expect(kernelNames()).toEqual(expect.arrayContaining([...standard, 'fractal', 'pathtrace', 'square']))
})

test.each(kernelNames())('%s: what is committed is what its source compiles to', async (name) => {
  for (const [path, contents] of await generate(name)) {
    const committed = readFileSync(join(here, path))
    expect(Buffer.compare(committed, Buffer.from(contents)), `${path}: run npm run kernels:build`).toBe(0)
  }
})
