import { expect, test } from 'vitest'
import { bindingsOf } from '../protocol/manifest/bindings.ts'
import { parseManifest } from '../protocol/manifest/manifest.ts'
import { testSource } from './test-job.ts'
import { checkOutputOf, checkParts, fillOf, programOf, settleNaNs } from './unit.ts'

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

test('outputs have exactly the size that the manifest says, within the limit', () => {
  const check = checkOutputOf(manifest)
  expect(() => check(0, 40)).not.toThrow()
  expect(() => check(0, 44)).toThrow('output: expected 40 bytes')
  expect(() => check(0, 64)).toThrow('more than the limit of 60')
})

test('every NaN of an f32 output gets the same bits, and nothing else changes', () => {
  const output = new Uint8Array(
    Uint32Array.of(0x7fc00001, 0xffc00000, 0x7f800000, 0xff800000, 0x3f800000, 0x7f800001).buffer,
  )
  settleNaNs(manifest, output)
  expect([...new Uint32Array(output.buffer)]).toEqual([
    0x7fc00000, 0x7fc00000, 0x7f800000, 0xff800000, 0x3f800000, 0x7fc00000,
  ])
  const integers = parseManifest({ ...manifest, outputs: [{ name: 'out', type: 'u32', bytes: 24 }] })
  const kept = new Uint8Array(Uint32Array.of(0xffc00001).buffer)
  settleNaNs(integers, kept)
  expect(kept).toEqual(Uint8Array.of(1, 0, 0xc0, 0xff))
})

test('a program, code or input that is not what the manifest says is told', () => {
  expect(() => programOf(manifest, 'wgsl')).toThrow('The job has no wgsl program')
  const parts = { executor: 'wasm' as const, code, inputs: new Map<string, Uint8Array>() }
  expect(() => checkParts(manifest, parts)).not.toThrow()
  expect(() => checkParts(manifest, { ...parts, code: code.slice(1) })).toThrow('code: expected 3 bytes')
})
