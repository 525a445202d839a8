import { Failure } from '../../protocol/failure.ts'

/** The most bytes that a metered module may come to. */
const MAX_BYTES = 256 * 1024 * 1024

/** Writes bytes one after the other into one buffer that grows. */
export class ByteWriter {
  #bytes = new Uint8Array(1024)
  #length = 0

  /** What has been written, without copying; the next write may change it. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Writes bytes. Throws `oversized`. */
  put(bytes: ArrayLike<number>): void {
    const end = this.#length + bytes.length
    if (end > MAX_BYTES)
      throw new Failure('oversized', `The metered WASM module has more than ${MAX_BYTES} bytes`)
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes.set(bytes, this.#length)
    this.#length = end
  }

  /** Starts again from nothing. */
  clear(): void {
    this.#length = 0
  }
}
