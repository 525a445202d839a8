/** The finalizer of MurmurHash3. */
export function mix32(word: u32): u32 {
  let h = (word ^ (word >> 16)) * 0x85ebca6b
  h = (h ^ (h >> 13)) * 0xc2b2ae35
  return h ^ (h >> 16)
}

/** A colour between two, `share` 256ths of the way from `a` to `b`. */
export function blend(a: u32, b: u32, share: u32): u32 {
  const low = (a & 0xff00ff) * (256 - share) + (b & 0xff00ff) * share
  const high = ((a >> 8) & 0xff) * (256 - share) + ((b >> 8) & 0xff) * share
  return ((low >> 8) & 0xff00ff) | (high & 0xff00)
}
