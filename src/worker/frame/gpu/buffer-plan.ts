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
import { namesOf, piecesOf, programOf } from '../../unit.ts'

/**
 * A buffer as it must be before the first dispatch; without `content` it starts as zeros. A uniform with a `window` holds several
 * contents one behind the other, of which a dispatch sees so many bytes from an offset of its own.
 */
export type PlannedBuffer = {
  readonly name: string
  readonly usage: 'uniform' | 'storage'
  readonly bytes: number
  readonly content?: Uint8Array
  readonly window?: number
}

/** What a unit's buffers are made from. */
export type UnitNames = { readonly unit: number; readonly round: Round }

/** The bytes that buffers may still take. */
export class Room {
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  /** Takes so many bytes. Throws `memory` when there are not so many left. */
  take(bytes: number): void {
    this.#left -= bytes
    if (this.#left >= 0) return
    const cause = `the buffers have more bytes than the ${MAX_BUFFER_BYTES} that are allowed`
    throw new Failure('memory', cause)
  }
}

/** The most bytes of buffers on the GPU at a time. */
export const MAX_BUFFER_BYTES = 256 * 1024 * 1024
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
  readonly #pieces: readonly ReturnType<typeof piecesOf>[] | undefined

  constructor(buffer: GpuBuffer, { manifest, inputs }: KernelParts) {
    const names = namesOf(manifest)
    const bind = bindingsOf(manifest)
    const evaluate = compileExpression(buffer.bytes, `${buffer.name}.bytes`, names)
    const limit = MAX_BYTES[buffer.usage]
    const most = limitOf(programOf(manifest, 'wgsl'), limit)
    this.buffer = buffer
    this.isTurned = isTurned(buffer, names)
    this.#pieces = buffer.init?.map((piece) => piecesOf(manifest, inputs, [piece]))
    this.#bytes = ({ unit, round }) => {
      const bytes = evaluate(bind(unit, round.index))
      if (bytes < 4) throw malformed(`buffer "${buffer.name}"`, 'at least 4 bytes', bytes)
      if (bytes <= most) return Math.ceil(bytes / 4) * 4
      const cause = `buffer "${buffer.name}" has ${bytes} bytes; at most ${most} are allowed`
      throw new Failure('memory', `${cause} without requires.limits.${limit}`)
    }
  }

  /** The bytes of the buffer for one unit, or of the content of one turn. Throws `malformed` or `memory`. */
  bytes(names: UnitNames): number {
    return this.#bytes(names)
  }

  /** The buffer for one unit. Throws `malformed` or `memory`. */
  make(names: UnitNames): PlannedBuffer {
    const { name, usage } = this.buffer
    const bytes = this.#bytes(names)
    const content = this.#content(names, bytes)
    return { name, usage, bytes, ...(content !== undefined && { content }) }
  }

  /** Begins to gather the contents that the buffer has in the turns of one unit; each new one takes its bytes from `room`. */
  slices(names: UnitNames, room: Room): Slices {
    const bytes = this.#bytes(names)
    const contentOf = (values: Bindings): Uint8Array | undefined => this.#content(names, bytes, values)
    return new Slices(this.buffer.name, bytes, { room, contentOf })
  }

  #content({ unit, round }: UnitNames, bytes: number, values?: Bindings): Uint8Array | undefined {
    if (this.#pieces === undefined) return undefined
    const found: Uint8Array[] = []
    let size = 0
    for (const pieceOf of this.#pieces)
      for (const piece of pieceOf(unit, round, values)) {
        found.push(piece)
        size += piece.length
        // Before the next one is cut: what is too much is never put together.
        if (size > bytes)
          throw malformed(`buffer "${this.buffer.name}"`, `content of at most ${bytes} bytes`, size)
      }
    // An input that is all of a buffer is not copied: uploading it copies it once more.
    const [first, ...rest] = found
    return first !== undefined && rest.every(({ length }) => length === 0) ? first : concat(found)
  }
}

type SlicesFrom = {
  readonly room: Room
  readonly contentOf: (values: Bindings) => Uint8Array | undefined
}

/** The contents that one uniform has in the turns of a unit, one behind the other; equal neighbours are one. */
export class Slices {
  readonly #name: string
  readonly #window: number
  readonly #from: SlicesFrom
  readonly #parts: Uint8Array[] = []

  constructor(name: string, window: number, from: SlicesFrom) {
    this.#name = name
    this.#window = window
    this.#from = from
  }

  /** Adds the content of a turn and tells the offset at which it lies. Throws `memory`. */
  add(values: Bindings): number {
    const part = new Uint8Array(Math.ceil(this.#window / STRIDE) * STRIDE)
    part.set(this.#from.contentOf(values) ?? [])
    const last = this.#parts.at(-1)
    if (last === undefined || !isEqual(last, part)) {
      this.#from.room.take(part.length)
      this.#parts.push(part)
    }
    return (this.#parts.length - 1) * part.length
  }

  /** The buffer that holds them all. */
  make(): PlannedBuffer {
    const content = concat(this.#parts.length === 0 ? [new Uint8Array(this.#window)] : this.#parts)
    return { name: this.#name, usage: 'uniform', bytes: content.length, content, window: this.#window }
  }
}
