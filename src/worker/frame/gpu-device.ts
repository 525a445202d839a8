import type { Gpu } from '../message.ts'

/** How long the browser may take to give an adapter; it never does while a dispatch hangs. */
const ADAPTER_MS = 4_000

/** What a GPU worker works with: the device, and what is known of its adapter. */
export type Device = { readonly gpu: GPUDevice; readonly isFallbackAdapter: boolean }

/** Opens the GPU; undefined where the browser has none to give. */
export async function openDevice(): Promise<{ device: Device; info: Gpu } | undefined> {
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), ADAPTER_MS))
  const adapter = await Promise.race([navigator.gpu?.requestAdapter() ?? null, late])
  if (adapter === null) return undefined
  // Older browsers know less of their adapters than the types say.
  const { vendor = '', architecture = '' } = adapter.info ?? {}
  const isFallbackAdapter = adapter.info?.isFallbackAdapter === true
  const storages = Math.min(adapter.limits.maxStorageBuffersPerShaderStage, 9)
  const requiredLimits = { maxStorageBuffersPerShaderStage: Math.max(storages, 8) }
  const gpu = await Promise.race([adapter.requestDevice({ requiredLimits }), late])
  if (gpu === null) return undefined
  return { device: { gpu, isFallbackAdapter }, info: { vendor, architecture, isFallbackAdapter } }
}
