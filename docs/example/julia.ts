// A Julia set in whole numbers, as a `kernel1` module in AssemblyScript. Built by:
// npx asc docs/example/julia.ts -o docs/example/julia.wasm -O3 --runtime stub --use abort= --initialMemory 1

const TILE: i32 = 32
const LIMIT: i32 = 96

/** Where a unit's input is written: at the start of the heap. */
export function alloc(_size: i32): i32 {
  return i32(__heap_base)
}

/** Paints one tile. The input has five numbers: left, top, side of the picture, and the constant in 1/4096. */
export function run(input: i32, size: i32): i64 {
  const side = load<i32>(input + 8)
  const output = input + size
  for (let pixel: i32 = 0; pixel < TILE * TILE; pixel++) {
    const x = ((load<i32>(input) + (pixel % TILE)) * 13107) / side - 6553
    const y = ((load<i32>(input + 4) + pixel / TILE) * 13107) / side - 6553
    store<u32>(output + 4 * pixel, colour(stepsOf(x, y, input)))
  }
  return (i64(output) << 32) | i64(4 * TILE * TILE)
}

/** The steps until a point leaves the circle of radius 2. Numbers are in 1/4096, so that every product fits 32 bits. */
function stepsOf(x: i32, y: i32, input: i32): i32 {
  for (let step: i32 = 0; step < LIMIT; step++) {
    const xx = (x * x) >> 12
    const yy = (y * y) >> 12
    if (xx + yy > 16384) return step
    y = ((2 * x * y) >> 12) + load<i32>(input + 16)
    x = xx - yy + load<i32>(input + 12)
  }
  return LIMIT
}

/** Red, green, blue and an opaque alpha, the lowest byte first. */
function colour(step: i32): u32 {
  const light = (step * 255) / LIMIT
  const red = (light * light) / 255
  const blue = 255 - ((255 - light) * (255 - light)) / 255
  return u32(red | (light << 8) | (blue << 16)) | 0xff000000
}
