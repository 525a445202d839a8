import type { Sample } from './sample.ts'
import { randomOf } from './sample.ts'

/** Powers of two, because the sample wraps its unsigned numbers below zero. */
const [WIDTH, HEIGHT, STEPS] = [128, 64, 30]
const random = randomOf(3)
const start = Uint32Array.from({ length: WIDTH * HEIGHT }, () => (random() < 0.25 ? 1 : 0))

/** Thirty generations on a torus, from one buffer to the other and back. */
export const gameOfLife: Sample = {
  path: 'sample/gameOfLife/compute.wgsl',
  program: {
    buffers: [
      { name: 'size', scope: 'lease', bytes: 8, init: [{ u32: [WIDTH, HEIGHT] }] },
      { name: 'cells', bytes: 4 * WIDTH * HEIGHT, init: [{ input: 'data' }] },
      { name: 'next', bytes: 4 * WIDTH * HEIGHT },
    ],
    passes: [
      {
        entry: 'main',
        bindings: [['size', 'cells', 'next']],
        overrides: { blockSize: 8 },
        dispatch: [WIDTH / 8, HEIGHT / 8],
        repeat: STEPS,
        swap: [['cells', 'next']],
      },
    ],
  },
  outputs: [{ name: 'cells', type: 'u32', bytes: 4 * WIDTH * HEIGHT }],
  input: new Uint8Array(start.buffer),
  problemOf(output) {
    let cells = start
    for (let step = 0; step < STEPS; step += 1) cells = generation(cells)
    const found = new Uint32Array(output.buffer)
    const wrong = cells.findIndex((cell, place) => found[place] !== cell)
    return wrong < 0 && found.length === cells.length ? undefined : `cell ${wrong} is ${found[wrong]}`
  },
}

function generation(cells: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const at = (x: number, y: number): number =>
    cells[((y + HEIGHT) % HEIGHT) * WIDTH + ((x + WIDTH) % WIDTH)] ?? 0
  return cells.map((cell, place) => {
    const [x, y] = [place % WIDTH, Math.floor(place / WIDTH)]
    let near = -cell
    for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) near += at(x + dx, y + dy)
    return near === 3 || (near === 2 && cell === 1) ? 1 : 0
  })
}
