import { decodeCbor, encodeCbor } from './cbor.ts'
import { Failure } from './failure.ts'

/**
 * One frame of a Weft stream: `u32 length | u8 type | u32 request | canonical CBOR`, big-endian; `length` counts what
 * follows it. `request` ties an answer to its question and is 0 where there is none.
 */
export type Frame = { readonly type: number; readonly request: number; readonly body: unknown }

const HEAD_BYTES = 9
/** The largest frame, head included. A longer one ends the stream. */
export const MAX_FRAME_BYTES = 4 * 1024 * 1024 + 64 * 1024

/** Writes a frame. Throws `oversized`. */
export function encodeFrame({ type, request, body }: Frame): Uint8Array<ArrayBuffer> {
  const payload = encodeCbor(body)
  const bytes = new Uint8Array(HEAD_BYTES + payload.length)
  if (bytes.length > MAX_FRAME_BYTES) throw oversized(bytes.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, bytes.length - 4)
  view.setUint8(4, type)
  view.setUint32(5, request)
  bytes.set(payload, HEAD_BYTES)
  return bytes
}

/** Cuts a stream of bytes into frames. Keeps what is not yet whole until the next `push`. */
export class FrameReader {
  #held: Uint8Array[] = []
  #size = 0

  /** Takes bytes in and gives the frames that they complete. Throws `oversized` or `malformed`; the stream is then lost. */
  push(bytes: Uint8Array): Frame[] {
    this.#held.push(bytes)
    this.#size += bytes.length
    const frames: Frame[] = []
    for (let next = this.#take(); next !== undefined; next = this.#take()) frames.push(next)
    return frames
  }

  #take(): Frame | undefined {
    if (this.#size < 4) return undefined
    const head = this.#peek(4)
    const length = new DataView(head.buffer, head.byteOffset, 4).getUint32(0)
    if (length < HEAD_BYTES - 4)
      throw new Failure('malformed', `frame: a length of ${length} is shorter than its head`)
    if (length + 4 > MAX_FRAME_BYTES) throw oversized(length + 4)
    if (this.#size < length + 4) return undefined
    const bytes = this.#peek(length + 4)
    this.#held[0] = (this.#held[0] ?? bytes).subarray(length + 4)
    this.#size -= length + 4
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return {
      type: view.getUint8(4),
      request: view.getUint32(5),
      body: decodeCbor(bytes.subarray(HEAD_BYTES, length + 4), 'frame'),
    }
  }

  /** Joins what is held until the first piece has `size` bytes, and gives that piece. */
  #peek(size: number): Uint8Array {
    const first = this.#held[0]
    if (first !== undefined && first.length >= size) return first
    const whole = new Uint8Array(this.#size)
    let offset = 0
    for (const part of this.#held) {
      whole.set(part, offset)
      offset += part.length
    }
    this.#held = [whole]
    return whole
  }
}

function oversized(size: number): Failure {
  return new Failure('oversized', `frame: ${size} bytes is more than the limit of ${MAX_FRAME_BYTES}`)
}
