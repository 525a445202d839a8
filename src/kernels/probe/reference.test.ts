import { expect, test } from 'vitest'
import { runnerOf } from '../run-kernel.ts'
import { probe } from './meta.ts'
import { checkWord, probeProduct } from './reference.ts'
import { fingerprintJob, probeJobs, probeUnit } from './sample.ts'

const { plain, tiled } = probeJobs()

test.each([
  ['scalar', plain],
  ['SIMD', tiled],
] as const)('%s WASM gives the words of the reference', (_, job) => {
  const run = runnerOf(job)
  for (const turns of [1, 3]) {
    const words = new Uint32Array(run(probeUnit(0, turns)).buffer)
    expect(words).toEqual(probeProduct(128, turns))
  }
})

test('the check words are those of the reference, and grow with the turns', () => {
  const checks = probe.sides.map((side) => checkWord(probeProduct(side, 1)))
  expect(checks).toEqual(probe.checks)
  expect(checkWord(probeProduct(128, 5))).toBe(Math.imul(5, probe.checks[0]) >>> 0)
})

test('every side and turn is a unit of its own', () => {
  const { manifest } = plain
  const run = runnerOf(tiled)
  expect(manifest.units).toMatchObject({ axes: [{ count: probe.maxTurns }, { count: probe.sides.length }] })
  for (const [scale, check] of probe.checks.entries()) {
    const words = new Uint32Array(run(probeUnit(scale, 2)).buffer)
    expect(words).toHaveLength((probe.sides[scale] ?? 0) ** 2)
    expect(checkWord(words)).toBe(Math.imul(2, check) >>> 0)
  }
})

test('the fingerprint is one unit of 64 patterns, no two alike', () => {
  const [program] = fingerprintJob().manifest.programs
  const init = program?.kind === 'wgsl' ? program.buffers[0]?.init : undefined
  const words = init?.flatMap((piece) => ('u32' in piece ? piece.u32 : [])) ?? []
  expect(words).toHaveLength(64)
  expect(new Set(words).size).toBe(64)
})
