// The twin of julia.ts: the same whole numbers, one thread for each pixel.
@group(0) @binding(0) var<storage, read> view: array<i32>;
@group(0) @binding(1) var<storage, read_write> pixels: array<u32>;

const TILE = 32u;
const LIMIT = 96;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= TILE || id.y >= TILE) { return; }
  let x = ((view[0] + i32(id.x)) * 13107) / view[2] - 6553;
  let y = ((view[1] + i32(id.y)) * 13107) / view[2] - 6553;
  pixels[id.y * TILE + id.x] = colour(steps_of(x, y));
}

fn steps_of(start_x: i32, start_y: i32) -> i32 {
  var x = start_x;
  var y = start_y;
  for (var step = 0; step < LIMIT; step++) {
    let xx = (x * x) >> 12u;
    let yy = (y * y) >> 12u;
    if (xx + yy > 16384) { return step; }
    y = ((2 * x * y) >> 12u) + view[4];
    x = xx - yy + view[3];
  }
  return LIMIT;
}

fn colour(step: i32) -> u32 {
  let light = (step * 255) / LIMIT;
  let red = (light * light) / 255;
  let blue = 255 - ((255 - light) * (255 - light)) / 255;
  return u32(red | (light << 8u) | (blue << 16u)) | 0xff000000u;
}
