// What the admission benchmark measures on the GPU: a square matrix of 32-bit words times itself, wrapping, added up `turns`
// times. `register_tile` shares nothing; `workgroup_tile` shares tiles through workgroup memory; both give the same words.
@group(0) @binding(0) var<storage, read> head: vec4u; // side, turns, 0, 0
@group(0) @binding(1) var<storage, read> numbers: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> product: array<vec4u>;

/// One invocation makes four rows of four words.
@compute @workgroup_size(8, 8)
fn register_tile(@builtin(global_invocation_id) id: vec3u) {
  let quads = head.x / 4u;
  if (id.x >= quads || id.y >= quads) { return; }
  let row = id.y * 4u * quads;
  var sums = array<vec4u, 4>();
  for (var turn = 0u; turn < head.y; turn++) {
    for (var step = 0u; step < quads; step++) {
      let k = (step + turn) % quads; // another order each turn, so that no compiler saves the work
      let b0 = numbers[(4u * k) * quads + id.x];
      let b1 = numbers[(4u * k + 1u) * quads + id.x];
      let b2 = numbers[(4u * k + 2u) * quads + id.x];
      let b3 = numbers[(4u * k + 3u) * quads + id.x];
      let a0 = numbers[row + k];
      let a1 = numbers[row + quads + k];
      let a2 = numbers[row + 2u * quads + k];
      let a3 = numbers[row + 3u * quads + k];
      sums[0] += a0.x * b0 + a0.y * b1 + a0.z * b2 + a0.w * b3;
      sums[1] += a1.x * b0 + a1.y * b1 + a1.z * b2 + a1.w * b3;
      sums[2] += a2.x * b0 + a2.y * b1 + a2.z * b2 + a2.w * b3;
      sums[3] += a3.x * b0 + a3.y * b1 + a3.z * b2 + a3.w * b3;
    }
  }
  product[row + id.x] = sums[0];
  product[row + quads + id.x] = sums[1];
  product[row + 2u * quads + id.x] = sums[2];
  product[row + 3u * quads + id.x] = sums[3];
}

var<workgroup> left: array<vec4u, 256>; // 32 rows of 8 quads
var<workgroup> right: array<vec4u, 256>;

/// A workgroup makes 32 rows of 32 words; the side is a multiple of 32.
@compute @workgroup_size(8, 8)
fn workgroup_tile(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u) {
  let quads = head.x / 4u;
  let tiles = quads / 8u;
  var sums = array<vec4u, 4>();
  for (var turn = 0u; turn < head.y; turn++) {
    for (var step = 0u; step < tiles; step++) {
      let k = (step + turn) % tiles;
      let a = (32u * group.y + 4u * id.y) * quads + 8u * k + id.x;
      let b = (32u * k + 4u * id.y) * quads + 8u * group.x + id.x;
      let place = 32u * id.y + id.x;
      left[place] = numbers[a];
      left[place + 8u] = numbers[a + quads];
      left[place + 16u] = numbers[a + 2u * quads];
      left[place + 24u] = numbers[a + 3u * quads];
      right[place] = numbers[b];
      right[place + 8u] = numbers[b + quads];
      right[place + 16u] = numbers[b + 2u * quads];
      right[place + 24u] = numbers[b + 3u * quads];
      workgroupBarrier();
      for (var inner = 0u; inner < 8u; inner++) {
        let b0 = right[32u * inner + id.x];
        let b1 = right[32u * inner + 8u + id.x];
        let b2 = right[32u * inner + 16u + id.x];
        let b3 = right[32u * inner + 24u + id.x];
        let a0 = left[32u * id.y + inner];
        let a1 = left[32u * id.y + 8u + inner];
        let a2 = left[32u * id.y + 16u + inner];
        let a3 = left[32u * id.y + 24u + inner];
        sums[0] += a0.x * b0 + a0.y * b1 + a0.z * b2 + a0.w * b3;
        sums[1] += a1.x * b0 + a1.y * b1 + a1.z * b2 + a1.w * b3;
        sums[2] += a2.x * b0 + a2.y * b1 + a2.z * b2 + a2.w * b3;
        sums[3] += a3.x * b0 + a3.y * b1 + a3.z * b2 + a3.w * b3;
      }
      workgroupBarrier();
    }
  }
  let c = (32u * group.y + 4u * id.y) * quads + 8u * group.x + id.x;
  product[c] = sums[0];
  product[c + quads] = sums[1];
  product[c + 2u * quads] = sums[2];
  product[c + 3u * quads] = sums[3];
}

@group(0) @binding(0) var<storage, read> patterns: array<u32>;
@group(0) @binding(1) var<storage, read_write> figures: array<array<u32, 24>>;

/// Where floats of WGSL may differ between devices: contraction, division, functions, subnormals, NaN, conversions.
@compute @workgroup_size(64)
fn fingerprint(@builtin(global_invocation_id) id: vec3u) {
  let count = arrayLength(&patterns);
  if (id.x >= count) { return; }
  let a = bitcast<f32>(patterns[id.x]);
  let b = bitcast<f32>(patterns[(id.x * 7u + 3u) % count]);
  let c = bitcast<f32>(patterns[(id.x * 13u + 5u) % count]);
  let s = abs(a);
  let v = vec4f(a, b, c, s);
  figures[id.x] = array<u32, 24>(
    bitcast<u32>(a * b + c), bitcast<u32>(a - b * c), bitcast<u32>(a * a - b * b), bitcast<u32>(fma(a, b, c)),
    bitcast<u32>(a / b), bitcast<u32>(1.0 / a), bitcast<u32>(a % b), bitcast<u32>(dot(v, v.yzwx)),
    bitcast<u32>(sqrt(s)), bitcast<u32>(inverseSqrt(s)), bitcast<u32>(exp(a)), bitcast<u32>(log(s)),
    bitcast<u32>(sin(a)), bitcast<u32>(cos(a)), bitcast<u32>(tanh(a)), bitcast<u32>(pow(s, b)),
    bitcast<u32>(a * 0x1p-100 * b), bitcast<u32>(a + b), bitcast<u32>(min(a, b)), bitcast<u32>(max(a, b)),
    bitcast<u32>(i32(a)), u32(b), bitcast<u32>(f32(patterns[id.x])), bitcast<u32>(round(a) + fract(c)));
}
