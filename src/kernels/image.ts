import { Failure } from '../protocol/failure.ts'
import { bindingsOf } from '../protocol/manifest/bindings.ts'
import type { Bindings, Evaluate } from '../protocol/manifest/expression.ts'
import { compileExpression } from '../protocol/manifest/expression.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { scopeOf } from '../protocol/manifest/manifest.ts'
import type { ImageReduce } from '../protocol/manifest/reduce.ts'
import { countUnits } from '../protocol/manifest/units.ts'
import { toneMap } from './tone.ts'

/** A picture that fills tile by tile, in any order; a unit counts once however often it is placed. */
export type Image = {
  readonly reduce: ImageReduce
  readonly placeOf: (unit: number) => Place
  /** How many units of the whole job share each tile, and how many of them are here. */
  readonly shares: Uint32Array
  readonly filled: Uint32Array
  readonly isPlaced: Uint8Array
  /** What is to be seen, as rgba; and for `radiance` the sums of red, green and blue. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>
  readonly sums: Float64Array
}
type Place = { readonly column: number; readonly row: number }

/** Makes the empty picture of a job. Throws `malformed` when a unit lies outside it. */
export function createImage(reduce: ImageReduce, manifest: Manifest): Image {
  const { width, height, tile } = reduce
  const units = countUnits(manifest.units)
  const columns = width / tile
  const tiles = columns * (height / tile)
  const placeOf = placer(reduce, manifest)
  const shares = new Uint32Array(tiles)
  for (let unit = 0; unit < units; unit += 1) {
    const { column, row } = placeOf(unit)
    const index = row * columns + column
    shares[index] = (shares[index] ?? 0) + 1
  }
  const pixels = width * height
  return {
    reduce,
    placeOf,
    shares,
    filled: new Uint32Array(tiles),
    isPlaced: new Uint8Array(units),
    pixels: new Uint8ClampedArray(4 * pixels),
    sums: new Float64Array(reduce.format === 'radiance' ? 3 * pixels : 0),
  }
}

/** Places the output of one unit; false when it was there already and nothing changed. Throws `malformed` for a wrong size. */
export function placeTile(image: Image, unit: number, output: Uint8Array): boolean {
  const { tile, width, format } = image.reduce
  const bytes = tile * tile * (format === 'rgba8' ? 4 : 12)
  if (output.length !== bytes)
    throw new Failure(
      'malformed',
      `unit ${unit}: a ${format} tile has ${bytes} bytes, found ${output.length}`,
    )
  const { column, row } = image.placeOf(unit)
  if (image.isPlaced[unit] !== 0) return false
  image.isPlaced[unit] = 1
  const index = (row * width) / tile + column
  const filled = (image.filled[index] ?? 0) + 1
  image.filled[index] = filled
  const corner = row * tile * width + column * tile
  if (format === 'rgba8') copyRows(image, corner, output)
  else addRows(image, { corner, output, scale: (image.shares[index] ?? 0) / (image.reduce.divisor * filled) })
  return true
}

/** The tile that a unit fills, in pixels. */
export function tileOf(image: Image, unit: number): { x: number; y: number; size: number } {
  const { column, row } = image.placeOf(unit)
  const size = image.reduce.tile
  return { x: column * size, y: row * size, size }
}

/** The picture as rgba bytes; where nothing has arrived it is transparent. The result of an image job is exactly these bytes, when complete. */
export function toRgba(image: Image): Uint8ClampedArray<ArrayBuffer> {
  return image.pixels.slice()
}

function placer(reduce: ImageReduce, manifest: Manifest): (unit: number) => Place {
  const names = scopeOf(manifest.units, manifest).names
  const [x, y] = [
    compileExpression(reduce.x, 'reduce.x', names),
    compileExpression(reduce.y, 'reduce.y', names),
  ]
  const bind = bindingsOf(manifest)
  return (unit) => {
    const bindings = bind(unit)
    const column = within(x, bindings, { unit, end: reduce.width / reduce.tile })
    return { column, row: within(y, bindings, { unit, end: reduce.height / reduce.tile }) }
  }
}

function within(
  evaluate: Evaluate,
  bindings: Bindings,
  { unit, end }: { unit: number; end: number },
): number {
  const value = evaluate(bindings)
  if (value < 0 || value >= end)
    throw new Failure('malformed', `reduce: unit ${unit} lies outside the image, in tile ${value} of ${end}`)
  return value
}

function copyRows({ pixels, reduce }: Image, corner: number, output: Uint8Array): void {
  const stride = 4 * reduce.tile
  for (let row = 0; row < reduce.tile; row += 1)
    pixels.set(output.subarray(row * stride, (row + 1) * stride), 4 * (corner + row * reduce.width))
}

/** Adds a tile to the sums and shows the mean of what has arrived. */
function addRows(
  { sums, pixels, reduce }: Image,
  { corner, output, scale }: { corner: number; output: Uint8Array; scale: number },
): void {
  const view = new DataView(output.buffer, output.byteOffset, output.length)
  for (let place = 0; place < reduce.tile * reduce.tile; place += 1) {
    const pixel = corner + Math.floor(place / reduce.tile) * reduce.width + (place % reduce.tile)
    for (let channel = 0; channel < 3; channel += 1) {
      const sum = (sums[3 * pixel + channel] ?? 0) + view.getUint32(4 * (3 * place + channel), true)
      sums[3 * pixel + channel] = sum
      pixels[4 * pixel + channel] = toneMap(sum * scale)
    }
    pixels[4 * pixel + 3] = 255
  }
}
