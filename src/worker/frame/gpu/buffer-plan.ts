import { concat, isEqual } from '../../../protocol/bytes.ts'
import { Failure, malformed } from '../../../protocol/failure.ts'
import { bindingsOf } from '../../../protocol/manifest/bindings.ts'
import type { Bindings } from '../../../protocol/manifest/expression.ts'
import { compileExpression } from '../../../protocol/manifest/expression.ts'
import { namesInRecipe } from '../../../protocol/manifest/recipe.ts'
import type { GpuBuffer } from '../../../protocol/manifest/wgsl/gpu-buffer.ts'
import { turnNames } from '../../../protocol/manifest/wgsl/gpu-buffer.ts'
import type { Round } from '../../executor.ts'
import { limitOf } from '../../guard/gpu-limits.ts'
import type { KernelParts } from '../../message.ts'
import { fillOf, namesOf, programOf } from '../../unit.ts'

/**
 * A buffer as it must be before the first dispatch; without `content` it starts as zeros. A uniform with a `window` holds several
 * contents one behind the other, of which a dispatch sees so many bytes from an offset of its own.
 */
export type PlannedBuffer = {
  readonly name: string
  readonly usage: 'uniform' | 'storage'
  readonly bytes: number
  readonly content?: Uint8Array<ArrayBuffer>
  readonly window?: number
}

/** What a unit's buffers are made from. */
export type UnitNames = { readonly unit: number; readonly round: Round }

/** Offsets of uniforms are multiples of this on every device. */
const STRIDE = 256
const MAX_BYTES = {
  uniform: 'maxUniformBufferBindingSize',
  storage: 'maxStorageBufferBindingSize',
} as const

/** Whether the content of a buffer depends on the turn of a pass. */
export function isTurned(buffer: GpuBuffer, names: readonly string[]): boolean {
  const own = turnNames(names).slice(names.length)
  return namesInRecipe(buffer.init ?? []).some((name) => own.includes(name))
}

/** Prepares one buffer of a program for unit after unit. */
export class BufferPlan {
  readonly buffer: GpuBuffer
  readonly isTurned: boolean
  readonly #bytes: (names: UnitNames) => number
  readonly #fill: ReturnType<typeof fillOf> | undefined

  constructor(buffer: GpuBuffer, { manifest, inputs }: KernelParts) {
    const names = namesOf(manifest)
    const bind = bindingsOf(manifest)
    const evaluate = compileExpression(buffer.bytes, `${buffer.name}.bytes`, names)
    const limit = MAX_BYTES[buffer.usage]
    const most = limitOf(programOf(manifest, 'wgsl'), limit)
    this.buffer = buffer
    this.isTurned = isTurned(buffer, names)
    this.#fill = buffer.init && fillOf(manifest, inputs, buffer.init)
    this.#bytes = ({ unit, round }) => {
      const bytes = evaluate(bind(unit, round.index))
      if (bytes < 4) throw malformed(`buffer "${buffer.name}"`, 'at least 4 bytes', bytes)
      if (bytes <= most) return Math.ceil(bytes / 4) * 4
      const cause = `buffer "${buffer.name}" has ${bytes} bytes; at most ${most} are allowed`
      throw new Failure('memory', `${cause} without requires.limits.${limit}`)
    }
  }

  /** The buffer for one unit. Throws `malformed` or `memory`. */
  make(names: UnitNames): PlannedBuffer {
    const { name, usage } = this.buffer
    const bytes = this.#bytes(names)
    const content = this.#content(names, bytes)
    return { name, usage, bytes, ...(content !== undefined && { content }) }
  }

  /** Begins to gather the contents that the buffer has in the turns of one unit. */
  slices(names: UnitNames): Slices {
    const bytes = this.#bytes(names)
    return new Slices(this.buffer.name, bytes, (values) => this.#content(names, bytes, values))
  }

  #content(
    { unit, round }: UnitNames,
    bytes: number,
    values?: Bindings,
  ): Uint8Array<ArrayBuffer> | undefined {
    const content = this.#fill?.(unit, round, values)
    if (content !== undefined && content.length > bytes)
      throw malformed(`buffer "${this.buffer.name}"`, `content of at most ${bytes} bytes`, content)
    return content
  }
}

/** The contents that one uniform has in the turns of a unit, one behind the other; equal neighbours are one. */
export class Slices {
  readonly #name: string
  readonly #window: number
  readonly #contentOf: (values: Bindings) => Uint8Array | undefined
  readonly #parts: Uint8Array[] = []

  constructor(name: string, window: number, contentOf: (values: Bindings) => Uint8Array | undefined) {
    this.#name = name
    this.#window = window
    this.#contentOf = contentOf
  }

  /** Adds the content of a turn and tells the offset at which it lies. */
  add(values: Bindings): number {
    const part = new Uint8Array(Math.ceil(this.#window / STRIDE) * STRIDE)
    part.set(this.#contentOf(values) ?? [])
    const last = this.#parts.at(-1)
    if (last === undefined || !isEqual(last, part)) this.#parts.push(part)
    return (this.#parts.length - 1) * part.length
  }

  /** The buffer that holds them all. */
  make(): PlannedBuffer {
    const content = concat(this.#parts.length === 0 ? [new Uint8Array(this.#window)] : this.#parts)
    return { name: this.#name, usage: 'uniform', bytes: content.length, content, window: this.#window }
  }
}
