// A flock on a torus in whole numbers: a position is 0 to 65535 in both directions, a pixel of the 64 x 64 is 1024 wide. Each boid
// keeps to the middle of those that it sees (itself among them), flies as they do, and avoids those that are close.
struct Flock {
  column: u32, row: u32, count: u32, steps: u32,
  seed: u32, cohesion: i32, alignment: i32, separation: i32,
  ground: u32, trail: u32, boid: u32, step: u32,
}

const SIGHT = 262144; // 8 pixels, squared, in sixteenths of a unit
const CLOSE = 16384; // 2 pixels
const SLOWEST = 192;
const FASTEST = 512;

@group(0) @binding(0) var<uniform> flock: Flock;
@group(0) @binding(1) var<storage, read_write> boids: array<vec4i>; // position, velocity
@group(0) @binding(2) var<storage, read_write> next: array<vec4i>;
@group(0) @binding(3) var<storage, read_write> trails: array<atomic<u32>>;
@group(0) @binding(4) var<storage, read_write> pixels: array<u32>;

/// The finalizer of MurmurHash3.
fn mix32(word: u32) -> u32 {
  var h = word;
  h = (h ^ (h >> 16u)) * 0x85ebca6bu;
  h = (h ^ (h >> 13u)) * 0xc2b2ae35u;
  return h ^ (h >> 16u);
}

@compute @workgroup_size(64)
fn scatter(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= flock.count) { return; }
  let number = 2u * id.x + 0x9e3779b9u * (flock.seed * 64u + flock.row * 8u + flock.column);
  let place = mix32(number);
  let way = mix32(number + 1u);
  boids[id.x] = vec4i(vec4u(place & 65535u, place >> 16u, way & 511u, (way >> 16u) & 511u)) - vec4i(0, 0, 256, 256);
}

fn around(distance: vec2i) -> vec2i { return ((distance + 32768) & vec2i(65535)) - 32768; }

@compute @workgroup_size(64)
fn fly(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= flock.count) { return; }
  let own = boids[id.x];
  var seen = 0;
  var middle = vec2i();
  var course = vec2i();
  var crowd = vec2i();
  for (var n = 0u; n < flock.count; n++) {
    let other = boids[n];
    let away = around(other.xy - own.xy);
    let near = away >> vec2u(4u);
    let distance = dot(near, near);
    if (distance < SIGHT) { seen += 1; middle += away; course += other.zw; }
    if (distance < CLOSE) { crowd += away; }
  }
  var v = own.zw;
  v += (middle / seen) * flock.cohesion / 4096;
  v += (course / seen - own.zw) * flock.alignment / 256;
  v -= crowd * flock.separation / 4096;
  let size = abs(v);
  let speed = max(max(size.x, size.y) + min(size.x, size.y) / 2, 1);
  if (speed > FASTEST) { v = v * FASTEST / speed; }
  if (speed < SLOWEST) { v = v * SLOWEST / speed; }
  let place = (own.xy + v) & vec2i(65535);
  next[id.x] = vec4i(place, v);
  let pixel = vec2u(place >> vec2u(10u));
  atomicMax(&trails[64u * pixel.y + pixel.x], flock.step + 1u);
}

fn blend(a: u32, b: u32, share: u32) -> u32 {
  let low = (a & 0xff00ffu) * (256u - share) + (b & 0xff00ffu) * share;
  let high = ((a >> 8u) & 0xffu) * (256u - share) + ((b >> 8u) & 0xffu) * share;
  return ((low >> 8u) & 0xff00ffu) | (high & 0xff00u);
}

@compute @workgroup_size(64)
fn paint(@builtin(global_invocation_id) id: vec3u) {
  let last = atomicLoad(&trails[id.x]);
  let share = 256u * last / max(flock.steps, 1u);
  let rgb = select(blend(flock.ground, flock.trail, (share * share) >> 8u), flock.boid, last > 0u && last == flock.steps);
  pixels[id.x] = ((rgb >> 16u) & 255u) | (rgb & 0xff00u) | ((rgb & 255u) << 16u) | 0xff000000u;
}
