// Memory of a `kernel1` module: one unit is one `alloc` and one `run`, so the input always lies at the start of the heap.

/** Makes sure that the memory reaches `end`; traps where it may not grow that far. */
export function reserve(end: i32): void {
  const pages = ((end + 0xffff) >>> 16) - memory.size()
  if (pages > 0 && memory.grow(pages) < 0) unreachable()
}

/** The place of an input of `size` bytes, aligned for vectors. */
export function place(size: i32): i32 {
  const start = align(i32(__heap_base))
  reserve(start + size)
  return start
}

/** Rounds up to a multiple of 16. */
export function align(offset: i32): i32 {
  return (offset + 15) & ~15
}

/** Where the output of `size` bytes goes: behind the input. */
export function placeAfter(inputEnd: i32, size: i32): i32 {
  const start = align(inputEnd)
  reserve(start + size)
  return start
}

/** The two halves that `run` returns. */
export function pair(pointer: i32, size: i32): i64 {
  return (i64(pointer) << 32) | i64(size)
}
