import type { UnitState } from '../../publisher/state.ts'
import { UNIT_STATES } from '../../publisher/state.ts'

/** How a field of units is laid out: square cells of `cell` pixels, `columns` in a row. */
export type Grid = { readonly columns: number; readonly rows: number; readonly cell: number }

const MAX_CELL = 22

/** Lays out units in about a square; past a quarter of a million units it grows downwards, a pixel each. */
export function layOut(count: number, width: number): Grid {
  const fitting = Math.floor(Math.sqrt((width * width) / Math.max(1, count)))
  const cell = Math.max(1, Math.min(MAX_CELL, fitting))
  const columns = Math.max(1, Math.floor(width / cell))
  return { columns, rows: Math.max(1, Math.ceil(count / columns)), cell }
}

/** The unit that an arrow key leads to. */
export function step(
  unit: number,
  key: string,
  { columns, count }: { columns: number; count: number },
): number {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -count,
    End: count,
  }
  return Math.max(0, Math.min(count - 1, unit + (steps[key] ?? 0)))
}

/** The colours of Okabe and Ito, which stay apart for every kind of colour vision; a sign in each cell says the same. */
const colours: Readonly<Record<UnitState, string>> = {
  open: '#9aa3a8',
  leased: '#56b4e9',
  returned: '#e69f00',
  accepted: '#009e73',
  paid: '#0072b2',
  disputed: '#d55e00',
}

/** Draws one cell; `size` is its side in pixels. */
export function drawCell(
  context: CanvasRenderingContext2D,
  state: UnitState,
  { x, y, size }: { x: number; y: number; size: number },
): void {
  const gap = size >= 5 ? 1 : 0
  const side = size - gap
  context.fillStyle = context.strokeStyle = colours[state]
  if (state === 'open' && size >= 5) {
    context.lineWidth = 1
    context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1)
    return
  }
  context.fillRect(x, y, side, side)
  if (size >= 8) drawSign(context, state, { x: x + side / 2, y: y + side / 2, size: side * 0.26 })
}

function drawSign(
  context: CanvasRenderingContext2D,
  state: UnitState,
  { x, y, size }: { x: number; y: number; size: number },
): void {
  const lines: Partial<Record<UnitState, readonly (readonly [number, number])[][]>> = {
    leased: [
      [
        [-1, 1],
        [1, -1],
      ],
    ],
    accepted: [
      [
        [-1, 0.1],
        [-0.25, 0.8],
        [1, -0.7],
      ],
    ],
    disputed: [
      [
        [-1, -1],
        [1, 1],
      ],
      [
        [1, -1],
        [-1, 1],
      ],
    ],
  }
  context.strokeStyle = context.fillStyle = state === 'paid' || state === 'disputed' ? '#ffffff' : '#10181c'
  context.lineWidth = Math.max(1, size * 0.45)
  for (const [start = [0, 0], ...rest] of lines[state] ?? []) {
    context.beginPath()
    context.moveTo(x + start[0] * size, y + start[1] * size)
    for (const [dx, dy] of rest) context.lineTo(x + dx * size, y + dy * size)
    context.stroke()
  }
  if (state === 'returned') context.fillRect(x - size / 2, y - size / 2, size, size)
  if (state === 'paid') context.strokeRect(x - size * 0.8, y - size * 0.8, size * 1.6, size * 1.6)
}

/** Draws the whole field; tiny cells go through one bitmap, so that a million units take one call. */
export function drawGrid(
  context: CanvasRenderingContext2D,
  units: Uint8Array,
  { columns, rows, cell }: Grid,
): void {
  context.clearRect(0, 0, columns * cell, rows * cell)
  if (cell < 4) {
    drawBitmap(context, units, { columns, rows, cell })
    return
  }
  units.forEach((number, unit) => {
    const place = { x: (unit % columns) * cell, y: Math.floor(unit / columns) * cell, size: cell }
    drawCell(context, UNIT_STATES[number] ?? 'open', place)
  })
}

function drawBitmap(
  context: CanvasRenderingContext2D,
  units: Uint8Array,
  { columns, rows, cell }: Grid,
): void {
  const image = new ImageData(columns * cell, rows * cell)
  const pixels = new Uint32Array(image.data.buffer)
  const dyes = UNIT_STATES.map((state) => littleEndian(colours[state]))
  units.forEach((number, unit) => {
    const corner = Math.floor(unit / columns) * cell * columns * cell + (unit % columns) * cell
    for (let y = 0; y < cell; y += 1)
      pixels.fill(dyes[number] ?? 0, corner + y * columns * cell, corner + y * columns * cell + cell)
  })
  context.putImageData(image, 0, 0)
}

function littleEndian(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  return (0xff000000 | ((blue ?? 0) << 16) | ((green ?? 0) << 8) | (red ?? 0)) >>> 0
}
