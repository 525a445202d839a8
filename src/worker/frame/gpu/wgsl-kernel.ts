import type { Round } from '../../executor.ts'
import type { KernelParts, UnitReport } from '../../message.ts'
import { causeOf } from '../../message.ts'
import { checkParts, programOf, settleNaNs } from '../../unit.ts'
import { MAX_BUFFER_BYTES } from './buffer-plan.ts'
import type { Devices } from './devices.ts'
import type { Device } from './gpu-device.ts'
import { catchErrors } from './gpu-device.ts'
import type { KernelPlan, UnitPlan } from './gpu-plan.ts'
import { planOf, sumBytes } from './gpu-plan.ts'
import { GpuSlot } from './gpu-slot.ts'
import { HeldBuffers } from './held-buffers.ts'
import { InFlight } from './in-flight.ts'
import { Pace } from './pace.ts'
import { compile } from './pipeline.ts'

/** A WGSL kernel on the GPU. `run` reports each unit as it is done, in no order, until `report` says that no more may begin. */
export type WgslKernel = {
  run(units: readonly number[], report: (report: UnitReport) => boolean, round: Round): Promise<void>
  close(): void
}

/** Units in flight: enough to hide the way to the GPU and back. */
const IN_FLIGHT = 3

/** Guards and compiles a WGSL kernel inside the GPU worker, and puts on the GPU what stays there. Throws `Failure`. */
export async function loadWgsl(devices: Devices, parts: KernelParts): Promise<WgslKernel> {
  const { manifest } = parts
  checkParts(manifest, parts)
  const { device, release } = await devices.lend(programOf(manifest, 'wgsl').requires)
  try {
    const { run, close } = await loadOn(device, parts)
    return {
      run,
      close() {
        close()
        release()
      },
    }
  } catch (error) {
    release()
    throw error
  }
}

async function loadOn(device: Device, parts: KernelParts): Promise<WgslKernel> {
  const { gpu, isFallbackAdapter, refusals } = device
  const { manifest } = parts
  const [{ pipelines, guarded }, seal] = await Promise.all([compile(gpu, parts), device.seal])
  const plan = planOf(parts, guarded, isFallbackAdapter)
  const lease = await upload(gpu, plan)
  const shared = { gpu, refusals, seal, pipelines, pace: new Pace() }
  const slots = Array.from({ length: IN_FLIGHT }, () => new GpuSlot(shared, new HeldBuffers(gpu, lease)))
  const inFlight = new InFlight(slots, MAX_BUFFER_BYTES - sumBytes(plan.lease))
  let lastDone = 0

  const runUnit = async (slot: GpuSlot, unit: number, round: Round): Promise<UnitReport> => {
    try {
      const make = (): UnitPlan => plan.unit(unit, round)
      return await inFlight.run(slot, make, async (planned) => {
        const start = performance.now()
        const output = await slot.run(planned)
        const now = performance.now()
        const elapsedMs = now - Math.max(start, lastDone)
        lastDone = now
        settleNaNs(manifest, output)
        return { kind: 'done', unit, output, elapsedMs }
      })
    } catch (error) {
      return { kind: 'failed', unit, ...causeOf(error) }
    }
  }

  const run: WgslKernel['run'] = async (units, report, round) => {
    const queue = units.values()
    await Promise.all(
      slots.map(async (slot) => {
        for (const unit of queue) if (!report(await runUnit(slot, unit, round))) break
      }),
    )
  }

  const close = (): void => {
    for (const slot of slots) slot.close()
    lease.close()
  }
  return { run, close }
}

/** Uploads the buffers of scope `lease`. */
async function upload(gpu: GPUDevice, { lease }: KernelPlan): Promise<HeldBuffers> {
  const held = new HeldBuffers(gpu)
  try {
    await catchErrors(gpu, 'trap', () => {
      const encoder = gpu.createCommandEncoder()
      for (const buffer of lease) held.fill(buffer, encoder)
      gpu.queue.submit([encoder.finish()])
    })
  } catch (error) {
    held.close()
    throw error
  }
  return held
}
