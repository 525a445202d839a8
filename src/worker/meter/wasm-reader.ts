import { Failure } from '../../protocol/failure.ts'

/** Reads the binary format of WebAssembly front to back. Every method throws `malformed` past the end. */
export class WasmReader {
  readonly bytes: Uint8Array
  place: number
  readonly end: number

  constructor(bytes: Uint8Array, place = 0, end = bytes.length) {
    this.bytes = bytes
    this.place = place
    this.end = end
  }

  /** Whether everything has been read. */
  get isDone(): boolean {
    return this.place >= this.end
  }

  /** Reads one byte. */
  byte(): number {
    const value = this.bytes[this.place]
    if (this.isDone || value === undefined) throw this.wrong('it ends too early')
    this.place += 1
    return value
  }

  /** Reads an unsigned LEB128 number of 32 bits. */
  u32(): number {
    let value = 0
    for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
      const byte = this.byte()
      value += (byte & 127) * scale
      if (byte < 128) {
        if (value >= 2 ** 32) break
        return value
      }
    }
    throw this.wrong('a number does not fit 32 bits')
  }

  /** Passes over a signed LEB128 number of at most `maxBytes` bytes. */
  skipSigned(maxBytes: number): void {
    for (let count = 0; count < maxBytes; count += 1) if (this.byte() < 128) return
    throw this.wrong('a number is too long')
  }

  /** Reads a signed LEB128 number of 32 bits. */
  i32(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte()
      value |= (byte & 127) << shift
      if (byte < 128) return shift < 28 && byte >= 64 ? value | (-128 << shift) : value
    }
    throw this.wrong('a number is too long')
  }

  /** Passes over `size` bytes. */
  skip(size: number): void {
    if (size > this.end - this.place) throw this.wrong('it ends too early')
    this.place += size
  }

  /** Gives a reader of the next `size` bytes and passes over them. */
  part(size: number): WasmReader {
    const start = this.place
    this.skip(size)
    return new WasmReader(this.bytes, start, start + size)
  }

  /** The bytes that are left, without copying. */
  rest(): Uint8Array {
    return this.bytes.subarray(this.place, this.end)
  }

  /** Reads a name. */
  name(): string {
    const part = this.part(this.u32())
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(part.rest())
    } catch {
      throw this.wrong('a name is not UTF-8')
    }
  }

  /** Reads a list: its length, then each entry by `read`. */
  list<T>(read: (index: number) => T): T[] {
    const count = this.u32()
    if (count > this.end - this.place) throw this.wrong(`a list of ${count} entries does not fit`)
    return Array.from({ length: count }, (_, index) => read(index))
  }

  /** The failure of a module that is wrong at this place. */
  wrong(cause: string): Failure {
    return new Failure('malformed', `The WASM module is malformed at byte ${this.place}: ${cause}`)
  }
}

/** Writes an unsigned number in LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  return [...bytes, rest]
}

/** Writes a whole number in signed LEB128. */
export function signed(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest < -64 || rest > 63) {
    const low = ((rest % 128) + 128) % 128
    bytes.push(low + 128)
    rest = (rest - low) / 128
  }
  return [...bytes, rest & 127]
}
