// The Fourier transform of 2^n words modulo the prime 65537, exact, so that products of long numbers and convolutions come out
// without rounding. Stockham's order: no words are moved into place first. In turn t the threads work on 2^t sequences side by side.
struct Turn { number: u32 }

@group(0) @binding(0) var<uniform> turn: Turn;
// Powers 0 to half the length of the root of unity.
@group(0) @binding(1) var<storage, read> roots: array<u32>;
@group(0) @binding(2) var<storage, read_write> words: array<u32>;
@group(0) @binding(3) var<storage, read_write> next: array<u32>;

const P = 65537u;

/// a * b for a, b up to 65536: 2^16 is -1, and only 65536 * 65536 (which is 1) overflows, to 0.
fn times(a: u32, b: u32) -> u32 {
  let product = a * b;
  let low = (product & 65535u) + ((a & b) >> 16u);
  let high = product >> 16u;
  return select(low - high, low + P - high, low < high);
}

@compute @workgroup_size(64)
fn settle(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&words)) { words[id.x] = words[id.x] % P; }
}

@compute @workgroup_size(64)
fn butterfly(@builtin(global_invocation_id) id: vec3u) {
  let half = arrayLength(&words) / 2u;
  if (id.x >= half) { return; }
  let width = 1u << turn.number;
  let inner = id.x & (width - 1u);
  let outer = id.x - inner;
  let a = words[id.x];
  let b = words[id.x + half];
  let sum = a + b;
  let difference = a + P - b;
  next[2u * outer + inner] = select(sum, sum - P, sum >= P);
  next[2u * outer + inner + width] = times(select(difference, difference - P, difference >= P), roots[outer]);
}
