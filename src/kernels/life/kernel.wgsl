// Conway's game of life on a torus. A tile of 64 x 64 cells is worked out alone, from the window around it that can reach it: with
// each turn one more cell at the window's edge is wrong, and after the last one those in the middle are right.
// A cell is 256 + age while it lives, and below that the warmth that it leaves.
struct World {
  left: u32, top: u32, window: u32, generations: u32,
  seed: u32, density: u32, side: u32, ground: u32,
  ash: u32, fresh: u32, old: u32, none: u32,
}

@group(0) @binding(0) var<uniform> world: World;
@group(0) @binding(1) var<storage, read_write> cells: array<u32>;
@group(0) @binding(2) var<storage, read_write> next: array<u32>;
@group(0) @binding(3) var<storage, read_write> pixels: array<u32>;

/// The finalizer of MurmurHash3.
fn mix32(word: u32) -> u32 {
  var h = word;
  h = (h ^ (h >> 16u)) * 0x85ebca6bu;
  h = (h ^ (h >> 13u)) * 0xc2b2ae35u;
  return h ^ (h >> 16u);
}

@compute @workgroup_size(8, 8)
fn scatter(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= world.window || id.y >= world.window) { return; }
  let x = (world.left + id.x) % world.side;
  let y = (world.top + id.y) % world.side;
  let luck = mix32(y * world.side + x + world.seed * 0x9e3779b9u) & 255u;
  cells[id.y * world.window + id.x] = select(0u, 256u, luck < world.density);
}

fn lives(x: u32, y: u32) -> u32 {
  if (x >= world.window || y >= world.window) { return 0u; }
  return cells[y * world.window + x] >> 8u;
}

@compute @workgroup_size(8, 8)
fn live(@builtin(global_invocation_id) id: vec3u) {
  let x = id.x;
  let y = id.y;
  if (x >= world.window || y >= world.window) { return; }
  // What lies before 0 wraps around to far behind the window.
  let n = lives(x - 1u, y - 1u) + lives(x, y - 1u) + lives(x + 1u, y - 1u) + lives(x - 1u, y)
    + lives(x + 1u, y) + lives(x - 1u, y + 1u) + lives(x, y + 1u) + lives(x + 1u, y + 1u);
  let cell = cells[y * world.window + x];
  let isAlive = cell >= 256u;
  let kept = select(256u, min(cell + 4u, 511u), isAlive);
  let left = select(cell - ((cell + 15u) >> 4u), 224u, isAlive);
  next[y * world.window + x] = select(left, kept, n == 3u || (isAlive && n == 2u));
}

fn blend(a: u32, b: u32, share: u32) -> u32 {
  let low = (a & 0xff00ffu) * (256u - share) + (b & 0xff00ffu) * share;
  let high = ((a >> 8u) & 0xffu) * (256u - share) + ((b >> 8u) & 0xffu) * share;
  return ((low >> 8u) & 0xff00ffu) | (high & 0xff00u);
}

@compute @workgroup_size(8, 8)
fn paint(@builtin(global_invocation_id) id: vec3u) {
  let edge = world.generations;
  let cell = cells[(id.y + edge) * world.window + id.x + edge];
  let rgb = select(blend(world.ground, world.ash, cell), blend(world.fresh, world.old, cell & 255u), cell >= 256u);
  pixels[64u * id.y + id.x] = ((rgb >> 16u) & 255u) | (rgb & 0xff00u) | ((rgb & 255u) << 16u) | 0xff000000u;
}
