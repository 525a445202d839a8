import { malformed } from '../../failure.ts'
import { at, readInteger, readList, readRecord, readWord } from '../../read.ts'

/** What a WGSL program needs of a GPU beyond what every one has. The device is asked for exactly this. */
export type Requires = {
  readonly features?: readonly Feature[]
  readonly limits?: Readonly<Partial<Record<Limit, number>>>
}
/** WebGPU features that a kernel can use. */
export type Feature = (typeof FEATURES)[number]
/** WebGPU limits that concern compute shaders; all of them are maxima. */
export type Limit = (typeof LIMITS)[number]

const FEATURES = ['subgroups', 'shader-f16'] as const
const LIMITS = [
  'maxBindGroups',
  'maxBindingsPerBindGroup',
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxUniformBufferBindingSize',
  'maxUniformBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const

/** Reads `requires`; what is left out stays out, so that it is written one way only. Throws `malformed` with the field's path. */
export function parseRequires(value: unknown, path: string): Requires {
  const record = readRecord(value, path, ['features', 'limits'])
  const features = readList(record.features ?? [], at(path, 'features'), {
    max: FEATURES.length,
    read: (entry, place) => readWord(entry, place, { words: FEATURES }),
  })
  if (new Set(features).size < features.length)
    throw malformed(at(path, 'features'), 'each feature once', features)
  const limits = readRecord(record.limits ?? {}, at(path, 'limits'), LIMITS)
  const named = LIMITS.filter((name) => limits[name] !== undefined)
  if (features.length === 0 && named.length === 0)
    throw malformed(path, 'a feature or a limit; leave the field out when nothing is required')
  const read = (name: Limit): [Limit, number] => [
    name,
    readInteger(limits[name], at(at(path, 'limits'), name), [1, 2 ** 40]),
  ]
  return {
    ...(features.length > 0 && { features: FEATURES.filter((feature) => features.includes(feature)) }),
    ...(named.length > 0 && { limits: Object.fromEntries(named.map(read)) }),
  }
}
