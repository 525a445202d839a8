import { at, readBoolean, readInteger, readRecord, readText } from '../../protocol/read.ts'
import type { SpeedClass } from '../../protocol/work/hello.ts'
import { readNumericClass } from '../../protocol/work/hello.ts'

/** What an admission benchmark measured. Rates are in millions of 32-bit multiply-adds a second; 0 is what gave wrong numbers or failed. */
export type Profile = {
  /** Everything that the figures depend on, in one text. */
  readonly conditions: string
  /** Milliseconds since 1970. */
  readonly measuredAt: number
  /** All CPU workers together, without and with SIMD. */
  readonly wasm: { readonly scalar: number; readonly simd: number }
  /** Absent where there is no WebGPU. */
  readonly wgsl?: {
    readonly register: number
    /** Absent where register tiles showed the GPU to be far behind. */
    readonly workgroup?: number
    readonly isSoftware: boolean
    /** The class of its floats: equal for adapters that gave the same bytes. */
    readonly numeric: string
  }
}

const MAX_RATE = 1e12
/** A profile is taken twice a month even where nothing seems to have changed. */
const MAX_AGE_MS = 15 * 24 * 3_600_000

/** Reads a profile from the store. Throws `malformed` with the field's path. */
export function parseProfile(value: unknown, path = 'profile'): Profile {
  const record = readRecord(value, path, ['conditions', 'measuredAt', 'wasm', 'wgsl'])
  const wasm = readRecord(record.wasm, at(path, 'wasm'), ['scalar', 'simd'])
  const rate = (entry: unknown, place: string): number => readInteger(entry, at(path, place), [0, MAX_RATE])
  const profile = {
    conditions: readText(record.conditions, at(path, 'conditions'), 1000),
    measuredAt: readInteger(record.measuredAt, at(path, 'measuredAt'), [0, Number.MAX_SAFE_INTEGER]),
    wasm: { scalar: rate(wasm.scalar, 'wasm.scalar'), simd: rate(wasm.simd, 'wasm.simd') },
  }
  if (record.wgsl === undefined) return profile
  const place = at(path, 'wgsl')
  const wgsl = readRecord(record.wgsl, place, ['register', 'workgroup', 'isSoftware', 'numeric'])
  return {
    ...profile,
    wgsl: {
      register: rate(wgsl.register, 'wgsl.register'),
      ...(wgsl.workgroup === undefined ? {} : { workgroup: rate(wgsl.workgroup, 'wgsl.workgroup') }),
      isSoftware: readBoolean(wgsl.isSoftware, at(place, 'isSoftware')),
      numeric: readNumericClass(wgsl.numeric, at(place, 'numeric')),
    },
  }
}

/** Whether a profile still says how things are. */
export function isFresh(profile: Profile, conditions: string, nowMs: number): boolean {
  const ageMs = nowMs - profile.measuredAt
  return profile.conditions === conditions && ageMs >= 0 && ageMs < MAX_AGE_MS
}

/** The best rate of each executor; 0 where it cannot be used. */
export function bestRates({ wasm, wgsl }: Profile): { readonly wasm: number; readonly wgsl: number } {
  return {
    wasm: Math.max(wasm.scalar, wasm.simd),
    wgsl: Math.max(wgsl?.register ?? 0, wgsl?.workgroup ?? 0),
  }
}

/** What publishers are told of a profile: orders of magnitude, which tell visitors apart less than figures would. */
export function speedOf(profile: Profile): SpeedClass {
  const magnitude = (rate: number): number => Math.floor(Math.log2(Math.max(1, rate)))
  const { wasm, wgsl } = bestRates(profile)
  if (profile.wgsl === undefined) return { wasm: magnitude(wasm) }
  const { isSoftware, numeric } = profile.wgsl
  return { wasm: magnitude(wasm), wgsl: { rate: magnitude(wgsl), isSoftware, numeric } }
}

/** A profile in a sentence for the visitor. */
export function describeProfile(profile: Profile): string {
  const { wasm, wgsl } = profile
  const cpu = `Processor ${billions(wasm.simd)} with SIMD, ${billions(wasm.scalar)} without`
  if (wgsl === undefined) return `${cpu} (billion multiply-adds a second)`
  const kind = wgsl.isSoftware ? 'WebGPU in software' : 'GPU'
  const shared = wgsl.workgroup === undefined ? '' : `, ${billions(wgsl.workgroup)} by workgroup tiles`
  const gpu = `${kind} ${billions(wgsl.register)} by register tiles${shared}`
  return `${cpu}; ${gpu} (billion multiply-adds a second); floats of class ${wgsl.numeric}`
}

function billions(rate: number): string {
  return rate === 0 ? 'unusable' : (rate / 1000).toPrecision(2)
}
