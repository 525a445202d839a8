const { imul } = Math

/** A number of six digits of 14 bits, -8192 to 8191, the first one whole; written over and over. */
export class Digits {
  d0 = 0
  d1 = 0
  d2 = 0
  d3 = 0
  d4 = 0
  d5 = 0

  /** Takes a corner of the picture, moved by a number of steps. */
  setPoint(view: Int32Array, corner: number, steps: number): void {
    const word = (digit: number): number =>
      ((view[corner + digit] ?? 0) + imul(steps, view[20 + digit] ?? 0)) | 0
    this.d0 = word(0)
    this.d1 = word(1)
    this.d2 = word(2)
    this.d3 = word(3)
    this.d4 = word(4)
    this.d5 = word(5)
    this.#carry()
  }

  setSum(a: Digits, b: Digits): void {
    this.d0 = a.d0 + b.d0
    this.d1 = a.d1 + b.d1
    this.d2 = a.d2 + b.d2
    this.d3 = a.d3 + b.d3
    this.d4 = a.d4 + b.d4
    this.d5 = a.d5 + b.d5
  }

  setDifference(a: Digits, b: Digits): void {
    this.d0 = a.d0 - b.d0
    this.d1 = a.d1 - b.d1
    this.d2 = a.d2 - b.d2
    this.d3 = a.d3 - b.d3
    this.d4 = a.d4 - b.d4
    this.d5 = a.d5 - b.d5
  }

  /** Takes a * b + c; of the digits below the last, the first is summed for its carry. */
  setProduct(a: Digits, b: Digits, c: Digits): void {
    const { d0: a0, d1: a1, d2: a2, d3: a3, d4: a4, d5: a5 } = a
    const { d0: b0, d1: b1, d2: b2, d3: b3, d4: b4, d5: b5 } = b
    const below = (imul(a1, b5) + imul(a2, b4) + imul(a3, b3) + imul(a4, b2) + imul(a5, b1)) | 0
    const low = (imul(a0, b5) + imul(a1, b4) + imul(a2, b3) + imul(a3, b2) + imul(a4, b1) + imul(a5, b0)) | 0
    this.d5 = (c.d5 + low + ((below + 8192) >> 14)) | 0
    this.d4 = (c.d4 + imul(a0, b4) + imul(a1, b3) + imul(a2, b2) + imul(a3, b1) + imul(a4, b0)) | 0
    this.d3 = (c.d3 + imul(a0, b3) + imul(a1, b2) + imul(a2, b1) + imul(a3, b0)) | 0
    this.d2 = (c.d2 + imul(a0, b2) + imul(a1, b1) + imul(a2, b0)) | 0
    this.d1 = (c.d1 + imul(a0, b1) + imul(a1, b0)) | 0
    this.d0 = (c.d0 + imul(a0, b0)) | 0
    this.#carry()
  }

  /** The first 12 binary places. */
  short(): number {
    return (this.d0 << 12) + (this.d1 >> 2)
  }

  #carry(): void {
    let up = (this.d5 + 8192) >> 14
    this.d5 -= up << 14
    let digit = this.d4 + up
    up = (digit + 8192) >> 14
    this.d4 = digit - (up << 14)
    digit = this.d3 + up
    up = (digit + 8192) >> 14
    this.d3 = digit - (up << 14)
    digit = this.d2 + up
    up = (digit + 8192) >> 14
    this.d2 = digit - (up << 14)
    digit = this.d1 + up
    up = (digit + 8192) >> 14
    this.d1 = digit - (up << 14)
    this.d0 += up
  }
}
