// The inner loop: 4 rows of A by 8 packed columns of B, held in eight vectors. Four steps a turn keep counting and metering cheap.

/** Adds `count` products of numbers `T` (4 bytes) to each of 4 x 8 sums; they begin with what is there when `isLater`, else with 0. */
export function multiplyTile<T>(a: i32, aStride: i32, panel: i32, c: i32, cStride: i32, count: i32, isLater: bool): void {
  const c1 = c + cStride, c2 = c1 + cStride, c3 = c2 + cStride
  let a1 = a + aStride, a2 = a1 + aStride, a3 = a2 + aStride
  let l0 = v128.splat<T>(0 as T)
  let r0 = v128.splat<T>(0 as T)
  let l1 = v128.splat<T>(0 as T)
  let r1 = v128.splat<T>(0 as T)
  let l2 = v128.splat<T>(0 as T)
  let r2 = v128.splat<T>(0 as T)
  let l3 = v128.splat<T>(0 as T)
  let r3 = v128.splat<T>(0 as T)
  if (isLater) {
    l0 = v128.load(c); r0 = v128.load(c, 16)
    l1 = v128.load(c1); r1 = v128.load(c1, 16)
    l2 = v128.load(c2); r2 = v128.load(c2, 16)
    l3 = v128.load(c3); r3 = v128.load(c3, 16)
  }
  let b: v128, d: v128, x: v128
  const end = panel + 32 * count, whole = panel + 32 * (count & ~3)
  while (panel < whole) {
    b = v128.load(panel, 0); d = v128.load(panel, 16)
    x = v128.load_splat<T>(a, 0); l0 = v128.add<T>(l0, v128.mul<T>(x, b)); r0 = v128.add<T>(r0, v128.mul<T>(x, d))
    x = v128.load_splat<T>(a1, 0); l1 = v128.add<T>(l1, v128.mul<T>(x, b)); r1 = v128.add<T>(r1, v128.mul<T>(x, d))
    x = v128.load_splat<T>(a2, 0); l2 = v128.add<T>(l2, v128.mul<T>(x, b)); r2 = v128.add<T>(r2, v128.mul<T>(x, d))
    x = v128.load_splat<T>(a3, 0); l3 = v128.add<T>(l3, v128.mul<T>(x, b)); r3 = v128.add<T>(r3, v128.mul<T>(x, d))
    b = v128.load(panel, 32); d = v128.load(panel, 48)
    x = v128.load_splat<T>(a, 4); l0 = v128.add<T>(l0, v128.mul<T>(x, b)); r0 = v128.add<T>(r0, v128.mul<T>(x, d))
    x = v128.load_splat<T>(a1, 4); l1 = v128.add<T>(l1, v128.mul<T>(x, b)); r1 = v128.add<T>(r1, v128.mul<T>(x, d))
    x = v128.load_splat<T>(a2, 4); l2 = v128.add<T>(l2, v128.mul<T>(x, b)); r2 = v128.add<T>(r2, v128.mul<T>(x, d))
    x = v128.load_splat<T>(a3, 4); l3 = v128.add<T>(l3, v128.mul<T>(x, b)); r3 = v128.add<T>(r3, v128.mul<T>(x, d))
    b = v128.load(panel, 64); d = v128.load(panel, 80)
    x = v128.load_splat<T>(a, 8); l0 = v128.add<T>(l0, v128.mul<T>(x, b)); r0 = v128.add<T>(r0, v128.mul<T>(x, d))
    x = v128.load_splat<T>(a1, 8); l1 = v128.add<T>(l1, v128.mul<T>(x, b)); r1 = v128.add<T>(r1, v128.mul<T>(x, d))
    x = v128.load_splat<T>(a2, 8); l2 = v128.add<T>(l2, v128.mul<T>(x, b)); r2 = v128.add<T>(r2, v128.mul<T>(x, d))
    x = v128.load_splat<T>(a3, 8); l3 = v128.add<T>(l3, v128.mul<T>(x, b)); r3 = v128.add<T>(r3, v128.mul<T>(x, d))
    b = v128.load(panel, 96); d = v128.load(panel, 112)
    x = v128.load_splat<T>(a, 12); l0 = v128.add<T>(l0, v128.mul<T>(x, b)); r0 = v128.add<T>(r0, v128.mul<T>(x, d))
    x = v128.load_splat<T>(a1, 12); l1 = v128.add<T>(l1, v128.mul<T>(x, b)); r1 = v128.add<T>(r1, v128.mul<T>(x, d))
    x = v128.load_splat<T>(a2, 12); l2 = v128.add<T>(l2, v128.mul<T>(x, b)); r2 = v128.add<T>(r2, v128.mul<T>(x, d))
    x = v128.load_splat<T>(a3, 12); l3 = v128.add<T>(l3, v128.mul<T>(x, b)); r3 = v128.add<T>(r3, v128.mul<T>(x, d))
    a += 16; a1 += 16; a2 += 16; a3 += 16; panel += 128
  }
  while (panel < end) {
    b = v128.load(panel, 0); d = v128.load(panel, 16)
    x = v128.load_splat<T>(a, 0); l0 = v128.add<T>(l0, v128.mul<T>(x, b)); r0 = v128.add<T>(r0, v128.mul<T>(x, d))
    x = v128.load_splat<T>(a1, 0); l1 = v128.add<T>(l1, v128.mul<T>(x, b)); r1 = v128.add<T>(r1, v128.mul<T>(x, d))
    x = v128.load_splat<T>(a2, 0); l2 = v128.add<T>(l2, v128.mul<T>(x, b)); r2 = v128.add<T>(r2, v128.mul<T>(x, d))
    x = v128.load_splat<T>(a3, 0); l3 = v128.add<T>(l3, v128.mul<T>(x, b)); r3 = v128.add<T>(r3, v128.mul<T>(x, d))
    a += 4; a1 += 4; a2 += 4; a3 += 4; panel += 32
  }
  v128.store(c, l0); v128.store(c, r0, 16)
  v128.store(c1, l1); v128.store(c1, r1, 16)
  v128.store(c2, l2); v128.store(c2, r2, 16)
  v128.store(c3, l3); v128.store(c3, r3, 16)
}
