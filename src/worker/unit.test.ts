import { describe, expect, test } from 'vitest'
import { bindingsOf } from '../protocol/manifest/bindings.ts'
import { parseManifest } from '../protocol/manifest/manifest.ts'
import { joinOutputs, splitOutputs } from '../protocol/manifest/outputs.ts'
import { firstRound } from './executor.ts'
import { testSource } from './test-job.ts'
import { checkParts, fillOf, programOf, settleNaNs } from './unit.ts'

const { manifest, code } = testSource(Uint8Array.of(1, 2, 3), {
  manifest: {
    params: [
      { name: 'side', type: 'u32', value: 5 },
      { name: 'scale', type: 'f32', value: 0.5 },
    ],
    units: { kind: 'range', from: 10, to: 20, step: 2 },
    outputs: [{ name: 'out', type: 'f32', bytes: '$i * 4' }],
    limits: { outputBytes: 60 },
  },
})

test('names stand for parameters, the unit and the number of units', () => {
  expect(bindingsOf(manifest)(3)).toEqual({ side: 5, i: 16, unitCount: 5 })
  expect(() => bindingsOf(manifest)(5)).toThrow('unit: expected a unit from 0 to 4')
})

test('recipes are filled with values, parameters and inputs', () => {
  const fill = fillOf(manifest, new Map([['mesh', Uint8Array.of(9)]]), [
    { u32: ['$i + $side'] },
    { param: 'scale' },
    { input: 'mesh' },
  ])
  expect(fill(0)).toEqual(Uint8Array.of(15, 0, 0, 0, 0, 0, 0, 63, 9, 0, 0, 0))
})

test('a recipe may use the turn of a pass, but a name of the job goes first', () => {
  const fill = fillOf(manifest, new Map(), [{ u32: ['$iteration', '$step', '$i'] }])
  expect(fill(0, firstRound, { iteration: 3, step: 4, i: 5 })).toEqual(
    Uint8Array.of(3, 0, 0, 0, 4, 0, 0, 0, 10, 0, 0, 0),
  )
})

test('the result of the round before takes the place of an input after the first round', () => {
  const several = { ...manifest, rounds: 3 }
  const fill = fillOf(several, new Map([['mesh', Uint8Array.of(9)]]), [
    { previous: 'mesh' },
    { u32: ['$round'] },
  ])
  const previous = Uint8Array.of(7, 8)
  expect(fill(0, { index: 0, previous })).toEqual(Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0))
  expect(fill(0, { index: 2, previous })).toEqual(Uint8Array.of(7, 8, 0, 0, 2, 0, 0, 0))
})

describe('every NaN of a float output gets the same bits, and nothing else changes', () => {
  const settled = (types: string[], output: Uint8Array<ArrayBuffer>): Uint8Array => {
    const outputs = types.map((type, index) => ({ name: `o${index}`, type, bytes: 24 }))
    settleNaNs(parseManifest({ ...manifest, outputs }), output)
    return output
  }
  test('f32', () => {
    const words = [0x7fc00001, 0xffc00000, 0x7f800000, 0xff800000, 0x3f800000, 0x7f800001]
    const output = settled(['f32'], new Uint8Array(Uint32Array.from(words).buffer))
    expect([...new Uint32Array(output.buffer)]).toEqual([
      0x7fc00000, 0x7fc00000, 0x7f800000, 0xff800000, 0x3f800000, 0x7fc00000,
    ])
  })

  test('f16 and f64', () => {
    const halves = settled(['f16'], new Uint8Array(Uint16Array.of(0xfe01, 0x7c00, 0x3c00).buffer))
    expect([...new Uint16Array(halves.buffer)]).toEqual([0x7e00, 0x7c00, 0x3c00])
    const words = BigUint64Array.of(0xfff0000000000001n, 0x7ff0000000000000n, 0x3ff0000000000000n)
    const doubles = settled(['f64'], new Uint8Array(words.buffer))
    expect([...new BigUint64Array(doubles.buffer)]).toEqual([
      0x7ff8000000000000n,
      0x7ff0000000000000n,
      0x3ff0000000000000n,
    ])
  })

  test('of several outputs the floats only', () => {
    const nan = new Uint8Array(Uint32Array.of(0xffc00001).buffer)
    const parts = splitOutputs(settled(['u32', 'f32'], joinOutputs([nan, nan])), 2)
    expect(parts).toEqual([nan, Uint8Array.of(0, 0, 0xc0, 0x7f)])
  })
})

test('a program, code or input that is not what the manifest says is told', () => {
  expect(() => programOf(manifest, 'wgsl')).toThrow('The job has no wgsl program')
  const parts = { executor: 'wasm' as const, code, inputs: new Map<string, Uint8Array>() }
  expect(() => checkParts(manifest, parts)).not.toThrow()
  expect(() => checkParts(manifest, { ...parts, code: code.slice(1) })).toThrow('code: expected 3 bytes')
})
