// A deep zoom into the Mandelbrot set in 32-bit integers only, so that every GPU makes the same bytes. A number is six digits
// of 14 bits, -8192 to 8191, the first one whole: 70 binary places. One thread paints one pixel from four points.
struct Number { h: vec3i, l: vec3i }
struct Escape { count: u32, x: i32, y: i32 }

// Words: 0 width, 1 height, 2 left, 3 top, 4 iterations, 5 colours an octave, 6 first colour, 7 relief, then six digits each of
// 8 real part, 14 imaginary part and 20 distance of points, 26 ink, 27 steepness of ink, 28 flatness, 32 sixteen colours.
@group(0) @binding(0) var<storage, read> view: array<u32>;
@group(0) @binding(1) var<storage, read_write> pixels: array<u32>;

fn three(at: u32) -> vec3i { return vec3i(vec3u(view[at], view[at + 1u], view[at + 2u])); }

fn carry(h: vec3i, l: vec3i) -> Number {
  var n = Number(h, l);
  var c = (n.l.z + 8192) >> 14u; n.l.z -= c << 14u; n.l.y += c;
  c = (n.l.y + 8192) >> 14u; n.l.y -= c << 14u; n.l.x += c;
  c = (n.l.x + 8192) >> 14u; n.l.x -= c << 14u; n.h.z += c;
  c = (n.h.z + 8192) >> 14u; n.h.z -= c << 14u; n.h.y += c;
  c = (n.h.y + 8192) >> 14u; n.h.y -= c << 14u; n.h.x += c;
  return n;
}

// a * b + c; of the digits below the last, the first is summed for its carry.
fn multiply(a: Number, b: Number, c: Number) -> Number {
  let below = dot(a.h.yz, b.l.zy) + dot(a.l, vec3i(b.l.x, b.h.zy));
  return carry(
    c.h + vec3i(a.h.x * b.h.x, dot(a.h.xy, b.h.yx), dot(a.h, b.h.zyx)),
    c.l + vec3i(
      dot(a.h, vec3i(b.l.x, b.h.zy)) + a.l.x * b.h.x,
      dot(a.h, vec3i(b.l.yx, b.h.z)) + dot(a.l.xy, b.h.yx),
      dot(a.h, b.l.zyx) + dot(a.l, b.h.zyx) + ((below + 8192) >> 14u)));
}

// The first 12 binary places.
fn short(n: Number) -> i32 { return (n.h.x << 12u) + (n.h.y >> 2u); }

fn point(corner: u32, steps: u32) -> Number {
  return carry(three(corner) + i32(steps) * three(20u), three(corner + 3u) + i32(steps) * three(23u));
}

fn escape(cx: Number, cy: Number) -> Escape {
  var x = Number();
  var y = Number();
  for (var n = 1u; n <= view[4]; n++) {
    let next = multiply(Number(x.h + y.h, x.l + y.l), Number(x.h - y.h, x.l - y.l), cx);
    y = multiply(Number(2 * x.h, 2 * x.l), y, cy);
    x = next;
    let a = short(x);
    let b = short(y);
    if (a * a + b * b > 67108864) { return Escape(n, a, b); }
  }
  return Escape(0u, 0, 0);
}

// log2 in 1/65536: exact at powers of two, and as steep there as it should be.
fn log(value: u32) -> u32 {
  let high = firstLeadingBit(value);
  let f = ((value << (31u - high)) >> 15u) & 65535u;
  return (high << 16u) + f + ((((f * (65535u - f)) >> 16u) * (29013u - ((f * 10748u) >> 16u))) >> 16u);
}

// The number of iterations with a fraction, in 1/65536; 0 inside the set. Two more steps make the fraction smooth.
fn count(e: Escape, cx: i32, cy: i32) -> u32 {
  if (e.count == 0u) { return 0u; }
  let x1 = (((e.x * e.x - e.y * e.y) >> 12u) + cx) >> 3u;
  let y1 = (((e.x * e.y) >> 11u) + cy) >> 3u;
  let x2 = (((x1 * x1 - y1 * y1) >> 9u) + (cx >> 3u)) >> 5u;
  let y2 = (((x1 * y1) >> 8u) + (cy >> 3u)) >> 5u;
  return ((e.count + 24u) << 16u) - log(log(u32(x2 * x2 + y2 * y2)) - 524288u);
}

fn channels(rgb: u32) -> vec3u { return vec3u(rgb >> 16u, rgb >> 8u, rgb) & vec3u(255u); }

fn colour(size: u32) -> vec3u {
  if (size == 0u) { return channels(view[26]); }
  let t = ((log(size) - 1048576u) >> 4u) * view[5] + view[6];
  let f = (t >> 12u) & 255u;
  let first = channels(view[32u + ((t >> 20u) & 15u)]);
  return (first * (256u - f) + channels(view[32u + (((t >> 20u) + 1u) & 15u)]) * f) >> vec3u(8u);
}

fn root(value: u32) -> u32 {
  var r = 0u;
  for (var bit = 32768u; bit > 0u; bit >>= 1u) {
    if ((r + bit) * (r + bit) <= value) { r += bit; }
  }
  return r;
}

// Light from the top left on the counts as heights, and ink where they rise steeply.
fn shade(rgb: vec3u, c: vec4u) -> vec3u {
  if (any(c == vec4u())) { return rgb; }
  let n = vec4i(c);
  var g = vec2i(n.y + n.w - (n.x + n.z), n.z + n.w - (n.x + n.y));
  let drop = max(firstLeadingBit(u32(abs(g.x) | abs(g.y)) | 1u), 13u) - 13u;
  g = g >> vec2u(drop);
  let length = root(u32(dot(g, g))) + 1u;
  let slope = ((g.x + g.y) * 181) / i32(length + (view[28] >> drop));
  let lit = u32(256 + ((slope * i32(view[7])) >> 8u));
  let steep = (length << drop) >> 8u;
  let ink = (steep << 8u) / (steep + view[27]);
  return min((((rgb * (256u - ink) + channels(view[26]) * ink) >> vec3u(8u)) * lit) >> vec3u(8u), vec3u(255u));
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var counts = vec4u();
  var sum = vec3u(2u);
  for (var i = 0u; i < 4u; i++) {
    let cx = point(8u, 2u * (view[2] + id.x) + (i & 1u));
    let cy = point(14u, 2u * (view[3] + id.y) + (i >> 1u));
    counts[i] = count(escape(cx, cy), short(cx), short(cy));
    sum += colour(counts[i]);
  }
  let c = shade(sum >> vec3u(2u), counts);
  pixels[32u * id.y + id.x] = c.x | (c.y << 8u) | (c.z << 16u) | 0xff000000u;
}
