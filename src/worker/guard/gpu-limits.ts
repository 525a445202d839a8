import type { Limit } from '../../protocol/manifest/wgsl/requires.ts'
import type { WgslProgram } from '../../protocol/manifest/wgsl/wgsl-program.ts'

/** What every WebGPU device gives without being asked (the defaults of the WebGPU specification). */
export const defaultLimits: Readonly<Record<Limit, number>> = {
  maxBindGroups: 4,
  maxBindingsPerBindGroup: 1000,
  maxBufferSize: 268_435_456,
  maxStorageBufferBindingSize: 134_217_728,
  maxStorageBuffersPerShaderStage: 8,
  maxUniformBufferBindingSize: 65_536,
  maxUniformBuffersPerShaderStage: 12,
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupSizeZ: 64,
  maxComputeWorkgroupsPerDimension: 65_535,
}

/** The limit that a program is held to: what it requires, or the default. It is the same on every machine. */
export function limitOf({ requires }: Pick<WgslProgram, 'requires'>, name: Limit): number {
  return Math.max(requires?.limits?.[name] ?? 0, defaultLimits[name])
}
