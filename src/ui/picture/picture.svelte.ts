import { createImage, type Image, placeTile, tileOf, toRgba } from '../../kernels/image.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Manifest } from '../../protocol/manifest/manifest.ts'
import type { ImageReduce } from '../../protocol/manifest/reduce.ts'

/** A tile that this tab has just computed, in pixels; its mark fades. */
export type Mark = { readonly x: number; readonly y: number; readonly size: number; readonly at: number }

/** How long the mark of an own tile stays. */
export const MARK_MS = 4000

/** The picture of one job as far as it is known. Each unit is placed once, however often it is told. */
export class Picture {
  readonly width: number
  readonly height: number
  readonly total: number
  /** How many units have been placed. */
  done = $state(0)
  readonly #image: Image
  #marks: Mark[] = []

  constructor(manifest: Manifest, reduce: ImageReduce) {
    this.width = reduce.width
    this.height = reduce.height
    this.#image = createImage(reduce, manifest)
    this.total = this.#image.isPlaced.length
  }

  /** Places the output of a unit; `ownAt` is the moment (ms) when this tab computed it. False for one that is there, or does not fit. */
  add(unit: number, output: Uint8Array, ownAt?: number): boolean {
    if (!this.#place(unit, output)) return false
    this.done += 1
    if (ownAt !== undefined) this.#marks.push({ ...tileOf(this.#image, unit), at: ownAt })
    return true
  }

  /** The marks that are still to be seen. */
  marks(now: number): readonly Mark[] {
    this.#marks = this.#marks.filter((mark) => now - mark.at < MARK_MS)
    return this.#marks
  }

  #place(unit: number, output: Uint8Array): boolean {
    try {
      return placeTile(this.#image, unit, output)
    } catch (error) {
      if (error instanceof Failure) return false
      throw error
    }
  }

  pixels(): Uint8ClampedArray<ArrayBuffer> {
    return toRgba(this.#image)
  }
}

/** The picture of a job, if its result is one. */
export function pictureOf({ manifest }: { readonly manifest: Manifest }): Picture | undefined {
  return manifest.reduce.kind === 'image' ? new Picture(manifest, manifest.reduce) : undefined
}
