import { expect, test } from 'vitest'
import { fractalJob } from '../../kernels/fractal/sample.ts'
import { squareJob } from '../../kernels/square/sample.ts'
import type { Program } from '../../protocol/manifest/program.ts'
import type { Profile } from './profile.ts'
import type { Known } from './route.ts'
import { route } from './route.ts'

const twins = fractalJob(0, { priceWei: '1' }).manifest.programs
const wasmOnly = squareJob(0, { priceWei: '1' }).manifest.programs
const wgslOnly = twins.filter(({ kind }) => kind === 'wgsl')

const profile = (wgsl?: { register: number; workgroup?: number }, isSoftware = true): Profile => ({
  conditions: '',
  measuredAt: 0,
  wasm: { scalar: 1000, simd: 3000 },
  ...(wgsl === undefined ? {} : { wgsl: { ...wgsl, isSoftware, numeric: 'f32-000000000000' } }),
})
const known = (more: Partial<Known> = {}): Known => ({
  wish: 'auto',
  gpu: { isFallbackAdapter: true },
  gpuTrouble: undefined,
  profile: undefined,
  trial: undefined,
  ...more,
})

test('without a profile twins are tried at length', () => {
  expect(route(twins, known())).toMatchObject({ kind: 'try', isClear: false })
})

test.each([
  [
    'WASM over a slow software adapter',
    { register: 500, workgroup: 50 },
    'wasm',
    true,
    'WASM is 6.0 times as fast',
  ],
  [
    'a software adapter that is fast, as any other',
    { register: 12_000, workgroup: 50 },
    'wgsl',
    true,
    'WebGPU is 4.0 times',
  ],
  ['neither clearly', { register: 2500, workgroup: 50 }, 'wasm', false, 'WASM is 1.2 times'],
] as const)('the profile speaks for %s', (_, rates, favourite, isClear, cause) => {
  const way = route(twins, known({ profile: profile(rates) }))
  expect(way).toMatchObject({ kind: 'try', favourite, isClear })
  expect(way.cause).toContain(cause)
})

test('what a trial of the same programs showed counts, unless it was close', () => {
  const slow = profile({ register: 500, workgroup: 50 })
  const way = route(twins, known({ profile: slow, trial: { choice: 'wgsl', factor: 2 } }))
  expect(way).toMatchObject({
    kind: 'run',
    program: { kind: 'wgsl' },
    fallback: { kind: 'wasm' },
    cause: 'WebGPU was 2.0 times as fast when it was tried',
  })
  expect(route(twins, known({ profile: slow, trial: { choice: 'wgsl', factor: 1.2 } })).kind).toBe('try')
})

test('a GPU that gave wrong numbers is not asked where there is WASM, and is where there is none', () => {
  const broken = profile({ register: 0, workgroup: 0 })
  expect(route(twins, known({ profile: broken }))).toMatchObject({ kind: 'run', program: { kind: 'wasm' } })
  expect(route(wgslOnly, known({ profile: broken }))).toMatchObject({
    kind: 'run',
    program: { kind: 'wgsl' },
  })
})

test('what the visitor chose is done without a trial', () => {
  for (const wish of ['wasm', 'wgsl'] as const)
    expect(route(twins, known({ wish }))).toMatchObject({ kind: 'run', program: { kind: wish } })
})

test('without WebGPU the WASM twin runs', () => {
  expect(route(twins, known({ gpu: undefined }))).toMatchObject({ kind: 'run', program: { kind: 'wasm' } })
})

test.each([
  ['WebGPU is chosen, but this browser offers none', twins, { wish: 'wgsl', gpu: undefined }],
  ['WebGPU is chosen, but this job has no WGSL program', wasmOnly, { wish: 'wgsl' }],
  ['WASM is chosen, but this job has no WASM program', wgslOnly, { wish: 'wasm' }],
  ['This job runs on WebGPU only, and this browser offers none', wgslOnly, { gpu: undefined }],
] as const)('%s', (text, programs, more) => {
  expect(() => route(programs, known(more))).toThrow(text)
})

test.each([
  ['while a GPU rests', false, 'device-lost'],
  ['when a GPU is given up', true, 'unsupported'],
] as const)('%s its jobs are turned away with the reason, and twins run in WASM', (_, isFinal, code) => {
  const tired = known({ gpu: undefined, gpuTrouble: { why: 'The GPU failed', isFinal } })
  for (const [programs, wish, said] of [
    [wgslOnly, 'auto', 'This job runs on WebGPU only, and it is not used now: The GPU failed'],
    [twins, 'wgsl', 'WebGPU is chosen, but it is not used now: The GPU failed'],
  ] as const)
    expect(() => route(programs, { ...tired, wish })).toThrow(
      expect.objectContaining({ code, message: said }),
    )
  expect(route(twins, tired)).toMatchObject({ kind: 'run', program: { kind: 'wasm' } })
})

test('of two WGSL programs the one runs whose way of sharing was faster here', () => {
  const [wasm, wgsl] = [twins.find(({ kind }) => kind === 'wasm'), wgslOnly[0]]
  if (wasm === undefined || wgsl?.kind !== 'wgsl') throw new Error('the fractal has twins')
  const programs: Program[] = [wasm, { ...wgsl, variant: 'workgroup' }, { ...wgsl, variant: 'register' }]
  const chosen = (isSoftware: boolean, rates?: { register: number; workgroup?: number }): unknown => {
    const gpu = { isFallbackAdapter: isSoftware }
    const way = route(programs, known({ wish: 'wgsl', gpu, profile: rates && profile(rates, isSoftware) }))
    return way.kind === 'run' && way.program.kind === 'wgsl' && way.program.variant
  }
  expect(chosen(true, { register: 500, workgroup: 50 })).toBe('register')
  expect(chosen(true, { register: 500 })).toBe('register')
  expect(chosen(true, { register: 500, workgroup: 600 })).toBe('workgroup')
  expect(chosen(false, { register: 500_000, workgroup: 900_000 })).toBe('workgroup')
  expect(chosen(true)).toBe('register')
  expect(chosen(false)).toBe('workgroup')
})
