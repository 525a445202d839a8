import { expect, test } from 'vitest'
import type { Profile } from './profile.ts'
import { describeProfile, isFresh, parseProfile, speedOf } from './profile.ts'

const DAY_MS = 24 * 3_600_000
const profile: Profile = {
  conditions: 'here',
  measuredAt: 1000,
  wasm: { scalar: 1200, simd: 4600 },
  wgsl: { register: 850, workgroup: 0, isSoftware: true, numeric: 'f32-0123456789ab' },
}

test('a profile reads back what was kept', () => {
  expect(parseProfile(profile)).toEqual(profile)
  const { wgsl, ...plain } = profile
  expect(parseProfile(plain)).toEqual(plain)
  const { workgroup: _, ...far } = { ...wgsl }
  expect(parseProfile({ ...plain, wgsl: far })).toEqual({ ...plain, wgsl: far })
})

test.each([
  ['profile.wasm.simd', { ...profile, wasm: { scalar: 1, simd: -1 } }],
  ['profile.wgsl.numeric', { ...profile, wgsl: { ...profile.wgsl, numeric: 'f32' } }],
  ['profile.wgsl.isSoftware', { ...profile, wgsl: { ...profile.wgsl, isSoftware: 1 } }],
  ['profile.rate', { ...profile, rate: 1 }],
  ['profile', 7],
])('a profile of another make is refused by its field: %s', (path, value) => {
  expect(() => parseProfile(value)).toThrow(path)
})

test('a profile holds for half a month under the same conditions', () => {
  expect(isFresh(profile, 'here', 1000)).toBe(true)
  expect(isFresh(profile, 'here', 14 * DAY_MS)).toBe(true)
  expect(isFresh(profile, 'here', 16 * DAY_MS)).toBe(false)
  expect(isFresh(profile, 'there', 1000)).toBe(false)
  expect(isFresh(profile, 'here', 999)).toBe(false) // the clock was set back
})

test('a profile says in words what it is', () => {
  expect(describeProfile(profile)).toBe(
    'Processor 4.6 with SIMD, 1.2 without; WebGPU in software 0.85 by register tiles, unusable by workgroup tiles (billion multiply-adds a second); floats of class f32-0123456789ab',
  )
})

test('publishers are told orders of magnitude', () => {
  expect(speedOf(profile)).toEqual({
    wasm: 12,
    wgsl: { rate: 9, isSoftware: true, numeric: 'f32-0123456789ab' },
  })
})
