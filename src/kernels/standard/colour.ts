/** The finalizer of MurmurHash3: 32 bits without a pattern, from numbers that follow each other. */
export function mix32(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** A colour 0xrrggbb between two, `share` 256ths of the way from `a` to `b`, as an opaque pixel with red in its lowest byte. */
export function pixelBetween(a: number, b: number, share: number): number {
  const [red = 0, green = 0, blue = 0] = [16, 8, 0].map((shift) => {
    return (((a >> shift) & 255) * (256 - share) + ((b >> shift) & 255) * share) >> 8
  })
  return (red | (green << 8) | (blue << 16) | 0xff000000) >>> 0
}
