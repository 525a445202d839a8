// The inner loop: 4 rows of A by 8 packed columns of B, held in eight vectors. Four steps a turn keep counting and metering cheap.

/** Adds `count` products to each of 4 x 8 sums; they begin with what is there when `isLater`, else with 0. */
export function multiplyTile(a: i32, aStride: i32, panel: i32, c: i32, cStride: i32, count: i32, isLater: bool): void {
  const c1 = c + cStride, c2 = c1 + cStride, c3 = c2 + cStride
  let a1 = a + aStride, a2 = a1 + aStride, a3 = a2 + aStride
  let l0 = i32x4.splat(0)
  let r0 = i32x4.splat(0)
  let l1 = i32x4.splat(0)
  let r1 = i32x4.splat(0)
  let l2 = i32x4.splat(0)
  let r2 = i32x4.splat(0)
  let l3 = i32x4.splat(0)
  let r3 = i32x4.splat(0)
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
    x = v128.load_splat<u32>(a, 0); l0 = i32x4.add(l0, i32x4.mul(x, b)); r0 = i32x4.add(r0, i32x4.mul(x, d))
    x = v128.load_splat<u32>(a1, 0); l1 = i32x4.add(l1, i32x4.mul(x, b)); r1 = i32x4.add(r1, i32x4.mul(x, d))
    x = v128.load_splat<u32>(a2, 0); l2 = i32x4.add(l2, i32x4.mul(x, b)); r2 = i32x4.add(r2, i32x4.mul(x, d))
    x = v128.load_splat<u32>(a3, 0); l3 = i32x4.add(l3, i32x4.mul(x, b)); r3 = i32x4.add(r3, i32x4.mul(x, d))
    b = v128.load(panel, 32); d = v128.load(panel, 48)
    x = v128.load_splat<u32>(a, 4); l0 = i32x4.add(l0, i32x4.mul(x, b)); r0 = i32x4.add(r0, i32x4.mul(x, d))
    x = v128.load_splat<u32>(a1, 4); l1 = i32x4.add(l1, i32x4.mul(x, b)); r1 = i32x4.add(r1, i32x4.mul(x, d))
    x = v128.load_splat<u32>(a2, 4); l2 = i32x4.add(l2, i32x4.mul(x, b)); r2 = i32x4.add(r2, i32x4.mul(x, d))
    x = v128.load_splat<u32>(a3, 4); l3 = i32x4.add(l3, i32x4.mul(x, b)); r3 = i32x4.add(r3, i32x4.mul(x, d))
    b = v128.load(panel, 64); d = v128.load(panel, 80)
    x = v128.load_splat<u32>(a, 8); l0 = i32x4.add(l0, i32x4.mul(x, b)); r0 = i32x4.add(r0, i32x4.mul(x, d))
    x = v128.load_splat<u32>(a1, 8); l1 = i32x4.add(l1, i32x4.mul(x, b)); r1 = i32x4.add(r1, i32x4.mul(x, d))
    x = v128.load_splat<u32>(a2, 8); l2 = i32x4.add(l2, i32x4.mul(x, b)); r2 = i32x4.add(r2, i32x4.mul(x, d))
    x = v128.load_splat<u32>(a3, 8); l3 = i32x4.add(l3, i32x4.mul(x, b)); r3 = i32x4.add(r3, i32x4.mul(x, d))
    b = v128.load(panel, 96); d = v128.load(panel, 112)
    x = v128.load_splat<u32>(a, 12); l0 = i32x4.add(l0, i32x4.mul(x, b)); r0 = i32x4.add(r0, i32x4.mul(x, d))
    x = v128.load_splat<u32>(a1, 12); l1 = i32x4.add(l1, i32x4.mul(x, b)); r1 = i32x4.add(r1, i32x4.mul(x, d))
    x = v128.load_splat<u32>(a2, 12); l2 = i32x4.add(l2, i32x4.mul(x, b)); r2 = i32x4.add(r2, i32x4.mul(x, d))
    x = v128.load_splat<u32>(a3, 12); l3 = i32x4.add(l3, i32x4.mul(x, b)); r3 = i32x4.add(r3, i32x4.mul(x, d))
    a += 16; a1 += 16; a2 += 16; a3 += 16; panel += 128
  }
  while (panel < end) {
    b = v128.load(panel, 0); d = v128.load(panel, 16)
    x = v128.load_splat<u32>(a, 0); l0 = i32x4.add(l0, i32x4.mul(x, b)); r0 = i32x4.add(r0, i32x4.mul(x, d))
    x = v128.load_splat<u32>(a1, 0); l1 = i32x4.add(l1, i32x4.mul(x, b)); r1 = i32x4.add(r1, i32x4.mul(x, d))
    x = v128.load_splat<u32>(a2, 0); l2 = i32x4.add(l2, i32x4.mul(x, b)); r2 = i32x4.add(r2, i32x4.mul(x, d))
    x = v128.load_splat<u32>(a3, 0); l3 = i32x4.add(l3, i32x4.mul(x, b)); r3 = i32x4.add(r3, i32x4.mul(x, d))
    a += 4; a1 += 4; a2 += 4; a3 += 4; panel += 32
  }
  v128.store(c, l0); v128.store(c, r0, 16)
  v128.store(c1, l1); v128.store(c1, r1, 16)
  v128.store(c2, l2); v128.store(c2, r2, 16)
  v128.store(c3, l3); v128.store(c3, r3, 16)
}
