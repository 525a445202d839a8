import { Failure, reason } from '../../protocol/failure.ts'
import { catchErrors } from './gpu-errors.ts'
import type { PlannedBuffer, UnitPlan } from './gpu-plan.ts'
import type { Pipeline } from './pipeline.ts'

/** The buffers of one unit in flight, kept for the next one. */
export class GpuSlot {
  readonly #gpu: GPUDevice
  readonly #pipeline: Pipeline
  readonly #buffers = new Map<string, GPUBuffer>()

  constructor(gpu: GPUDevice, pipeline: Pipeline) {
    this.#gpu = gpu
    this.#pipeline = pipeline
  }

  /** Runs one unit and gives the bytes of its output. Throws `fuel`, `trap`, `memory` or `device-lost`. */
  async run(plan: UnitPlan, outputName: string): Promise<Uint8Array<ArrayBuffer>> {
    const size = Math.ceil(plan.outputBytes / 4) * 4
    const staging = await this.#submit(plan, outputName, size).catch((error: unknown) => {
      this.close()
      throw error
    })
    try {
      await staging.mapAsync(GPUMapMode.READ, 0, size + 4)
    } catch (cause) {
      throw new Failure('device-lost', `the GPU device was lost: ${reason(cause)}`, { cause })
    }
    const bytes = staging.getMappedRange(0, size + 4).slice(0)
    staging.unmap()
    if (new Uint32Array(bytes, size, 1)[0] !== 0)
      throw new Failure('fuel', 'a loop turned more often than limits.loopBound allows')
    return new Uint8Array(bytes.slice(0, plan.outputBytes))
  }

  /** Gives the memory back. */
  close(): void {
    for (const buffer of this.#buffers.values()) buffer.destroy()
    this.#buffers.clear()
  }

  async #submit(plan: UnitPlan, outputName: string, size: number): Promise<GPUBuffer> {
    return await catchErrors(this.#gpu, 'trap', () => {
      const encoder = this.#gpu.createCommandEncoder()
      for (const buffer of plan.buffers) this.#fill(buffer, encoder)
      const spent = this.#hold(
        'weft_spent',
        4,
        GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
      )
      encoder.clearBuffer(spent)
      const staging = this.#hold('weft_staging', size + 4, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST)
      const pass = encoder.beginComputePass()
      pass.setPipeline(this.#pipeline.compute)
      for (const [index, group] of this.#pipeline.groups.entries())
        pass.setBindGroup(index, this.#bind(group))
      pass.dispatchWorkgroups(...plan.dispatch)
      pass.end()
      const output = this.#buffers.get(outputName)
      if (output !== undefined) encoder.copyBufferToBuffer(output, 0, staging, 0, size)
      encoder.copyBufferToBuffer(spent, 0, staging, size, 4)
      this.#gpu.queue.submit([encoder.finish()])
      return staging
    })
  }

  #fill({ name, usage, bytes, content }: PlannedBuffer, encoder: GPUCommandEncoder): void {
    const use =
      usage === 'uniform' ? GPUBufferUsage.UNIFORM : GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC
    const buffer = this.#hold(name, bytes, use | GPUBufferUsage.COPY_DST)
    if (content === undefined || content.length < bytes) encoder.clearBuffer(buffer, content?.length ?? 0)
    if (content !== undefined && content.length > 0) this.#gpu.queue.writeBuffer(buffer, 0, content)
  }

  #hold(name: string, size: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const held = this.#buffers.get(name)
    if (held?.size === size) return held
    held?.destroy()
    const buffer = this.#gpu.createBuffer({ size, usage, label: name })
    this.#buffers.set(name, buffer)
    return buffer
  }

  #bind({ layout, names }: Pipeline['groups'][number]): GPUBindGroup {
    const entries = names.flatMap((name, binding) => {
      const buffer = this.#buffers.get(name)
      return buffer === undefined ? [] : [{ binding, resource: { buffer } }]
    })
    return this.#gpu.createBindGroup({ layout, entries })
  }
}
