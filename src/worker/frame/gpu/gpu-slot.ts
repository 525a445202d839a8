import { Failure, reason } from '../../../protocol/failure.ts'
import { joinOutputs } from '../../../protocol/manifest/outputs.ts'
import type { PlannedBuffer } from './buffer-plan.ts'
import type { Refusals } from './gpu-device.ts'
import { catchErrors } from './gpu-device.ts'
import type { PlannedDispatch, UnitPlan } from './gpu-plan.ts'
import type { HeldBuffers } from './held-buffers.ts'
import type { Pace } from './pace.ts'
import type { Pipeline } from './pipeline.ts'
import { STATUS } from './pipeline.ts'

/** What the slots of a kernel share. */
export type SlotParts = {
  readonly gpu: GPUDevice
  readonly refusals: Refusals
  readonly seal: GPUComputePipeline
  readonly pipelines: readonly Pipeline[]
  readonly pace: Pace
}

/** Does what is to be done at once. The promise tells whether the GPU refused it, as far as that is watched. */
type Watch = (act: () => void) => Promise<void>

const STAGING = 'weft_staging'
const STATUS_BYTES = 8
/** What the seal begins with is another number for each unit, further from the last than a unit has parts. */
const SEAL_STEP = 0x10001

/** A place for one unit in flight. Its buffers are kept for the next one. */
export class GpuSlot {
  readonly #parts: SlotParts
  readonly #buffers: HeldBuffers
  #seal = 1

  constructor(parts: SlotParts, buffers: HeldBuffers) {
    this.#parts = parts
    this.#buffers = buffers
  }

  /** The bytes of the buffers that it keeps. */
  get bytes(): number {
    return this.#buffers.bytes
  }

  /**
   * Runs one unit and gives the bytes of its outputs. Error scopes would cost each unit half a millisecond. So there are none, until
   * the GPU refuses something meanwhile: then the unit is run again, within them. Throws `fuel`, `trap`, `memory` or `device-lost`.
   */
  async run(plan: UnitPlan): Promise<Uint8Array<ArrayBuffer>> {
    const { gpu, refusals } = this.#parts
    const before = refusals.count
    try {
      const output = await this.#attempt(plan, async (act) => act())
      await refusals.told()
      if (refusals.count === before) return output
    } catch (error) {
      await refusals.told()
      if (refusals.count === before) throw error
    }
    this.close()
    return await this.#attempt(plan, (act) => catchErrors(gpu, 'trap', act))
  }

  /** Gives the memory back. */
  close(): void {
    this.#buffers.close()
  }

  async #attempt(plan: UnitPlan, watch: Watch): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return await this.#run(plan, watch)
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'fuel') this.close()
      throw error
    }
  }

  async #run(plan: UnitPlan, watch: Watch): Promise<Uint8Array<ArrayBuffer>> {
    const size = plan.outputs.reduce((sum, { bytes }) => sum + wholeWords(bytes), STATUS_BYTES)
    const parts = await this.#submit(plan, size, watch)
    const mapping = this.#map(size)
    mapping.catch(() => undefined)
    // What the GPU refused says more than that there is nothing to read.
    await Promise.all(parts)
    const staging = await mapping
    try {
      return this.#take(staging.getMappedRange(0, size), plan, parts.length)
    } finally {
      staging.unmap()
    }
  }

  async #map(size: number): Promise<GPUBuffer> {
    const staging = this.#buffers.get(STAGING)
    try {
      await staging.mapAsync(GPUMapMode.READ, 0, size)
    } catch (cause) {
      throw new Failure('device-lost', `the GPU device was lost: ${reason(cause)}`, { cause })
    }
    return staging
  }

  /** Copies the outputs out of what was read, if the unit was done in all its parts. */
  #take(staged: ArrayBuffer, plan: UnitPlan, parts: number): Uint8Array<ArrayBuffer> {
    const [spent, seal] = new Uint32Array(staged, 0, 2)
    if (seal !== (this.#seal + parts) >>> 0)
      throw new Failure('device-lost', 'the GPU did not do all of the unit')
    if (spent !== 0) throw new Failure('fuel', 'a loop turned more often than limits.loopBound allows')
    return readOutputs(staged, plan)
  }

  /** Submits a unit in parts, with a rest for the page between them. Gives a promise for each, which tells what the GPU refused. */
  async #submit(plan: UnitPlan, size: number, watch: Watch): Promise<Promise<void>[]> {
    const { gpu, pace } = this.#parts
    this.#seal = (this.#seal + SEAL_STEP) >>> 0
    const submitted: Promise<void>[] = []
    let rest = [...plan.dispatches]
    let before = Promise.resolve()
    do {
      const part = rest.slice(0, firstPart(rest, pace.dispatches))
      rest = rest.slice(part.length)
      const isFirst = submitted.length === 0
      const errors = watch(() => {
        const encoder = gpu.createCommandEncoder()
        if (isFirst) this.#begin(plan, { encoder, size })
        this.#encode(encoder, part)
        if (rest.length === 0) this.#finish(encoder, plan)
        gpu.queue.submit([encoder.finish()])
      })
      errors.catch(() => undefined)
      submitted.push(errors)
      if (rest.length === 0) break
      const start = performance.now()
      const done = gpu.queue.onSubmittedWorkDone()
      await before
      before = done.then(() => pace.note(part.length, performance.now() - start))
    } while (rest.length > 0)
    return submitted
  }

  /** Fills the buffers of a unit. */
  #begin({ buffers }: UnitPlan, { encoder, size }: { encoder: GPUCommandEncoder; size: number }): void {
    for (const buffer of buffers) this.#buffers.fill(buffer, encoder)
    const status: PlannedBuffer = {
      name: STATUS,
      usage: 'storage',
      bytes: STATUS_BYTES,
      content: new Uint8Array(Uint32Array.of(0, this.#seal).buffer),
    }
    this.#buffers.fill(status, encoder)
    this.#buffers.hold({ name: STAGING, bytes: size }, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST)
  }

  #encode(encoder: GPUCommandEncoder, dispatches: readonly PlannedDispatch[]): void {
    const { pipelines, seal } = this.#parts
    let pass = encoder.beginComputePass()
    let current: Pipeline | undefined
    for (const { pass: number, copies, places, offsets, workgroups } of dispatches) {
      if (copies.length > 0) {
        pass.end()
        this.#copy(encoder, copies)
        pass = encoder.beginComputePass()
        current = undefined
      }
      const pipeline = pipelines[number]
      if (pipeline === undefined) throw new Failure('refused', `The program has no pass ${number}`)
      if (pipeline !== current) pass.setPipeline(pipeline.compute)
      current = pipeline
      this.#buffers.groups(pipeline, places).forEach((group, index) => {
        const turned = pipeline.groups[index]?.turned ?? []
        pass.setBindGroup(
          index,
          group,
          turned.map((name) => offsets.get(name) ?? 0),
        )
      })
      pass.dispatchWorkgroups(...workgroups)
    }
    pass.setPipeline(seal)
    pass.setBindGroup(0, this.#buffers.sealGroup(seal))
    pass.dispatchWorkgroups(1)
    pass.end()
  }

  #copy(encoder: GPUCommandEncoder, copies: UnitPlan['copies']): void {
    for (const [from, to] of copies) {
      const source = this.#buffers.get(from)
      encoder.copyBufferToBuffer(source, 0, this.#buffers.get(to), 0, source.size)
    }
  }

  /** Copies what is to be read: the status, then the outputs. */
  #finish(encoder: GPUCommandEncoder, { copies, outputs }: UnitPlan): void {
    this.#copy(encoder, copies)
    const staging = this.#buffers.get(STAGING)
    encoder.copyBufferToBuffer(this.#buffers.get(STATUS), 0, staging, 0, STATUS_BYTES)
    let place = STATUS_BYTES
    for (const { buffer, bytes } of outputs) {
      encoder.copyBufferToBuffer(this.#buffers.get(buffer), 0, staging, place, wholeWords(bytes))
      place += wholeWords(bytes)
    }
  }
}

/** A unit has two parts in flight. */
const MAX_SHARE = 0.5

/** How many dispatches are submitted together: not more than the device may be given at once, so that a unit can be ended between them. */
function firstPart(rest: readonly PlannedDispatch[], most: number): number {
  let [count, share] = [0, 0]
  for (const dispatch of rest.slice(0, most)) {
    share += dispatch.share
    if (count > 0 && share > MAX_SHARE) break
    count += 1
  }
  return count
}

function readOutputs(bytes: ArrayBuffer, { outputs }: UnitPlan): Uint8Array<ArrayBuffer> {
  let place = STATUS_BYTES
  const parts = outputs.map((output) => {
    const start = place
    place += wholeWords(output.bytes)
    return new Uint8Array(bytes.slice(start, start + output.bytes))
  })
  return joinOutputs(parts)
}

function wholeWords(bytes: number): number {
  return Math.ceil(bytes / 4) * 4
}
