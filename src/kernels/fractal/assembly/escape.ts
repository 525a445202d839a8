// How soon four neighbouring points escape. A number is six digits of 14 bits, -8192 to 8191, the first one whole; each digit of
// the four points is one vector.

/** The answer for the four points: iterations (0: none), and in 12 binary places where the point escaped to, and the point itself. */
export const answer = memory.data(80, 16)
const point = memory.data(192, 16)
const FAR: i32 = 4 << 24

export function escape(input: i32, column: i32, row: i32): void {
  const columns = i32x4.add(i32x4.splat(column), i32x4(0, 1, 0, 1))
  const rows = i32x4.add(i32x4.splat(row), i32x4(0, 0, 1, 1))
  setPoint(input + 32, input + 80, columns, point)
  setPoint(input + 56, input + 80, rows, point + 96)
  v128.store(answer, i32x4.splat(0))
  v128.store(answer, short(v128.load(point), v128.load(point, 16)), 48)
  v128.store(answer, short(v128.load(point, 96), v128.load(point, 112)), 64)
  iterate(load<i32>(input, 16))
}

function iterate(limit: i32): void {
  let x0 = i32x4.splat(0), x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0
  let y0 = x0, y1 = x0, y2 = x0, y3 = x0, y4 = x0, y5 = x0
  let active = i32x4.splat(-1)
  for (let n = 1; n <= limit; n++) {
    const s0 = add(x0, y0), s1 = add(x1, y1), s2 = add(x2, y2), s3 = add(x3, y3), s4 = add(x4, y4), s5 = add(x5, y5)
    const d0 = sub(x0, y0), d1 = sub(x1, y1), d2 = sub(x2, y2), d3 = sub(x3, y3), d4 = sub(x4, y4), d5 = sub(x5, y5)
    const t0 = add(x0, x0), t1 = add(x1, x1), t2 = add(x2, x2), t3 = add(x3, x3), t4 = add(x4, x4), t5 = add(x5, x5)
    const v6 = add(add(add(mul(s1, d5), mul(s2, d4)), add(mul(s3, d3), mul(s4, d2))), mul(s5, d1))
    const w6 = add(add(add(mul(t1, y5), mul(t2, y4)), add(mul(t3, y3), mul(t4, y2))), mul(t5, y1))
    x5 = add(add(v128.load(point, 80), up(v6)), add(add(add(mul(s0, d5), mul(s1, d4)), add(mul(s2, d3), mul(s3, d2))), add(mul(s4, d1), mul(s5, d0))))
    x4 = add(v128.load(point, 64), add(add(add(mul(s0, d4), mul(s1, d3)), add(mul(s2, d2), mul(s3, d1))), mul(s4, d0)))
    x3 = add(v128.load(point, 48), add(add(mul(s0, d3), mul(s1, d2)), add(mul(s2, d1), mul(s3, d0))))
    x2 = add(v128.load(point, 32), add(add(mul(s0, d2), mul(s1, d1)), mul(s2, d0)))
    x1 = add(v128.load(point, 16), add(mul(s0, d1), mul(s1, d0)))
    x0 = add(v128.load(point), mul(s0, d0))
    const u5 = add(add(v128.load(point, 176), up(w6)), add(add(add(mul(t0, y5), mul(t1, y4)), add(mul(t2, y3), mul(t3, y2))), add(mul(t4, y1), mul(t5, y0))))
    const u4 = add(v128.load(point, 160), add(add(add(mul(t0, y4), mul(t1, y3)), add(mul(t2, y2), mul(t3, y1))), mul(t4, y0)))
    const u3 = add(v128.load(point, 144), add(add(mul(t0, y3), mul(t1, y2)), add(mul(t2, y1), mul(t3, y0))))
    const u2 = add(v128.load(point, 128), add(add(mul(t0, y2), mul(t1, y1)), mul(t2, y0)))
    const u1 = add(v128.load(point, 112), add(mul(t0, y1), mul(t1, y0)))
    const u0 = add(v128.load(point, 96), mul(t0, y0))
    let c = up(x5), k = up(u5)
    x5 = rest(x5, c), y5 = rest(u5, k)
    x4 = add(x4, c), y4 = add(u4, k), c = up(x4), k = up(y4)
    x4 = rest(x4, c), y4 = rest(y4, k)
    x3 = add(x3, c), y3 = add(u3, k), c = up(x3), k = up(y3)
    x3 = rest(x3, c), y3 = rest(y3, k)
    x2 = add(x2, c), y2 = add(u2, k), c = up(x2), k = up(y2)
    x2 = rest(x2, c), y2 = rest(y2, k)
    x1 = add(x1, c), y1 = add(u1, k), c = up(x1), k = up(y1)
    x1 = rest(x1, c), y1 = rest(y1, k)
    x0 = add(x0, c), y0 = add(u0, k)
    const a = short(x0, x1), b = short(y0, y1)
    const out = v128.and(active, i32x4.gt_s(add(mul(a, a), mul(b, b)), i32x4.splat(FAR)))
    if (!v128.any_true(out)) continue
    keep(answer, i32x4.splat(n), out)
    keep(answer + 16, a, out)
    keep(answer + 32, b, out)
    active = v128.andnot(active, out)
    if (!v128.any_true(active)) return
  }
}

/** Puts corner + steps * step in digits at `to`. */
function setPoint(corner: i32, step: i32, steps: v128, to: usize): void {
  let c = i32x4.splat(0)
  for (let digit = 5; digit >= 0; digit--) {
    const size = add(add(v128.load_splat<i32>(corner + 4 * digit), mul(steps, v128.load_splat<i32>(step + 4 * digit))), c)
    c = digit > 0 ? up(size) : i32x4.splat(0)
    v128.store(to + 16 * digit, rest(size, c))
  }
}

function keep(place: usize, values: v128, mask: v128): void {
  v128.store(place, v128.bitselect(values, v128.load(place), mask))
}

@inline
function up(c: v128): v128 {
  return i32x4.shr_s(add(c, i32x4.splat(8192)), 14)
}

@inline
function rest(c: v128, carried: v128): v128 {
  return sub(c, i32x4.shl(carried, 14))
}

@inline
function short(whole: v128, first: v128): v128 {
  return add(i32x4.shl(whole, 12), i32x4.shr_s(first, 2))
}

@inline
function add(a: v128, b: v128): v128 {
  return i32x4.add(a, b)
}

@inline
function sub(a: v128, b: v128): v128 {
  return i32x4.sub(a, b)
}

@inline
function mul(a: v128, b: v128): v128 {
  return i32x4.mul(a, b)
}
