import type { KernelParts, UnitReport } from '../message.ts'
import { causeOf } from '../message.ts'
import { checkParts, settleNaNs } from '../unit.ts'
import type { Device } from './gpu-device.ts'
import { MAX_BUFFER_BYTES, planOf } from './gpu-plan.ts'
import { GpuSlot } from './gpu-slot.ts'
import { compile } from './pipeline.ts'

/** A WGSL kernel on the GPU. `run` reports each unit as it is done, in no order. */
export type WgslKernel = {
  run(units: readonly number[], report: (report: UnitReport) => void): Promise<void>
  close(): void
}

/** Units in flight: enough to hide the way to the GPU and back. */
const IN_FLIGHT = 3

/** Guards and compiles a WGSL kernel inside the GPU worker. Throws `Failure`. */
export async function loadWgsl({ gpu, isFallbackAdapter }: Device, parts: KernelParts): Promise<WgslKernel> {
  const { manifest } = parts
  checkParts(manifest, parts)
  const { pipeline, guarded } = await compile(gpu, parts)
  const plan = planOf(parts, guarded, isFallbackAdapter)
  const slots = Array.from({ length: IN_FLIGHT }, () => new GpuSlot(gpu, pipeline))
  let lastDone = 0

  const runUnit = async (slot: GpuSlot, unit: number): Promise<UnitReport> => {
    try {
      const start = performance.now()
      const output = await slot.run(plan(unit), manifest.outputs[0].name)
      const now = performance.now()
      const elapsedMs = now - Math.max(start, lastDone)
      lastDone = now
      settleNaNs(manifest, output)
      return { kind: 'done', unit, output, elapsedMs }
    } catch (error) {
      return { kind: 'failed', unit, ...causeOf(error) }
    }
  }

  const run = async (units: readonly number[], report: (report: UnitReport) => void): Promise<void> => {
    const queue = units.values()
    const width = Math.max(1, Math.floor(MAX_BUFFER_BYTES / bytesOf(units[0])))
    await Promise.all(
      slots.slice(0, width).map(async (slot) => {
        for (const unit of queue) report(await runUnit(slot, unit))
      }),
    )
  }

  const bytesOf = (unit: number | undefined): number => {
    try {
      return unit === undefined ? 1 : plan(unit).bytes
    } catch {
      return 1
    }
  }

  const close = (): void => {
    for (const slot of slots) slot.close()
  }
  return { run, close }
}
