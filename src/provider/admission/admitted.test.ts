import { expect, test } from 'vitest'
import type { Admitted } from './admitted.ts'
import { packAdmitted, parseAdmitted } from './admitted.ts'

const admitted: Admitted = {
  profile: {
    conditions: 'here',
    measuredAt: 1000,
    wasm: { scalar: 1200, simd: 4600 },
    wgsl: { register: 850, isSoftware: true, numeric: 'f32-0123456789ab' },
  },
  trials: new Map([['a b', { choice: 'wgsl', factor: 2.5 }]]),
}
const nothing = { profile: undefined, trials: new Map() }

test('what is known of a browser reads back as it was kept', () => {
  expect(parseAdmitted(packAdmitted(admitted))).toEqual(admitted)
  expect(parseAdmitted(packAdmitted(nothing))).toEqual(nothing)
})

test('what another version kept, or nothing, is as if nothing were known', () => {
  expect(parseAdmitted(undefined)).toEqual(nothing)
  for (const change of [{ version: 2 }, { trials: 7 }, { profile: {} }, { more: 1 }])
    expect(parseAdmitted({ ...(packAdmitted(admitted) as object), ...change })).toEqual(nothing)
})
