import { Failure } from '../../../protocol/failure.ts'
import type { PlannedBuffer } from './buffer-plan.ts'
import type { Pipeline, PipelineGroup } from './pipeline.ts'
import { STATUS } from './pipeline.ts'
import type { Places } from './turns.ts'

type Held = { readonly buffer: GPUBuffer; readonly window: number | undefined }
/** Bind groups that are kept; a program that swaps in ever new ways makes new ones. */
const MAX_GROUPS = 1000

/** Buffers on the GPU by their name, and the bind groups that are made of them. */
export class HeldBuffers {
  readonly #gpu: GPUDevice
  /** What stays for the whole lease; it belongs to the kernel. */
  readonly #lease: HeldBuffers | undefined
  readonly #buffers = new Map<string, Held>()
  readonly #groups = new Map<Pipeline, Map<Places, readonly GPUBindGroup[]>>()
  #count = 0
  #sealGroup: GPUBindGroup | undefined

  constructor(gpu: GPUDevice, lease?: HeldBuffers) {
    this.#gpu = gpu
    this.#lease = lease
  }

  /** The bytes that are held, without those of the lease. */
  get bytes(): number {
    return [...this.#buffers.values()].reduce((sum, { buffer }) => sum + buffer.size, 0)
  }

  /** Makes a buffer as it is planned; `encoder` clears what has no content. */
  fill(planned: PlannedBuffer, encoder: GPUCommandEncoder): void {
    const { usage, bytes, content } = planned
    const use =
      usage === 'uniform' ? GPUBufferUsage.UNIFORM : GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC
    const buffer = this.hold(planned, use | GPUBufferUsage.COPY_DST)
    if (content === undefined || content.length < bytes) encoder.clearBuffer(buffer, content?.length ?? 0)
    if (content !== undefined && content.length > 0) this.#gpu.queue.writeBuffer(buffer, 0, content)
  }

  /** A buffer of this size, the one of before if it fits. */
  hold(
    { name, bytes: size, window }: Pick<PlannedBuffer, 'name' | 'bytes' | 'window'>,
    usage: GPUBufferUsageFlags,
  ): GPUBuffer {
    const held = this.#buffers.get(name)
    if (held?.buffer.size === size && held.window === window) return held.buffer
    held?.buffer.destroy()
    this.#forgetGroups()
    const buffer = this.#gpu.createBuffer({ size, usage, label: name })
    this.#buffers.set(name, { buffer, window })
    return buffer
  }

  /** The buffer of a name. */
  get(name: string): GPUBuffer {
    return this.#find(name).buffer
  }

  /** The bind groups of a pass, with buffers in these places. */
  groups(pipeline: Pipeline, places: Places): readonly GPUBindGroup[] {
    const known = this.#groups.get(pipeline)?.get(places)
    if (known !== undefined) return known
    if (this.#count >= MAX_GROUPS) this.#forgetGroups()
    this.#count += 1
    const made = pipeline.groups.map((group) => this.#bind(group, places))
    const byPlaces = this.#groups.get(pipeline) ?? new Map<Places, readonly GPUBindGroup[]>()
    this.#groups.set(pipeline, byPlaces.set(places, made))
    return made
  }

  /** The bind group of the seal. */
  sealGroup(seal: GPUComputePipeline): GPUBindGroup {
    const entries = [{ binding: 0, resource: { buffer: this.get(STATUS) } }]
    this.#sealGroup ??= this.#gpu.createBindGroup({ layout: seal.getBindGroupLayout(0), entries })
    return this.#sealGroup
  }

  /** Gives the memory back. */
  close(): void {
    for (const { buffer } of this.#buffers.values()) buffer.destroy()
    this.#buffers.clear()
    this.#forgetGroups()
  }

  #bind({ layout, slots }: PipelineGroup, places: Places): GPUBindGroup {
    const entries = slots.map(({ binding, buffer: name }) => {
      const { buffer, window } = this.#find(places.get(name) ?? name)
      return { binding, resource: window === undefined ? { buffer } : { buffer, size: window } }
    })
    return this.#gpu.createBindGroup({ layout, entries })
  }

  #find(name: string): Held {
    const held = this.#buffers.get(name)
    if (held !== undefined) return held
    if (this.#lease !== undefined) return this.#lease.#find(name)
    throw new Failure('refused', `The program has no buffer "${name}"`)
  }

  #forgetGroups(): void {
    this.#groups.clear()
    this.#count = 0
    this.#sealGroup = undefined
  }
}
