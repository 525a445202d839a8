import { malformed } from '../failure.ts'
import { at, readInteger, readRecord, readWord } from '../read.ts'
import type { Expression } from './expression.ts'
import { compileExpression } from './expression.ts'

/**
 * How the outputs of all units become one result. `concat` joins them in unit order. `image` places tiles: `rgba8` tiles
 * are 4 bytes a pixel; `radiance` tiles are three u32 sums a pixel (red, green, blue), added over the units that share a
 * place, divided by `divisor` and tone-mapped for a reader.
 */
export type Reduce = { readonly kind: 'concat' } | ImageReduce
export type ImageReduce = {
  readonly kind: 'image'
  readonly format: 'rgba8' | 'radiance'
  readonly width: number
  readonly height: number
  readonly tile: number
  /** Place of the unit's tile, in tiles, from the left and the top. */
  readonly x: Expression
  readonly y: Expression
  /** What a sum of 1.0 is written as, over all units that share a place; `radiance` only. */
  readonly divisor: number
}

const LATER = ['sum', 'min', 'max', 'argmin', 'argmax', 'topk', 'kernel']

/** Reads a reduction. Throws `malformed` or `unsupported` with the field's path. */
export function parseReduce(value: unknown, path: string, names: readonly string[]): Reduce {
  const kind = readWord((value as { kind?: unknown } | null)?.kind, at(path, 'kind'), {
    words: ['concat', 'image'] as const,
    later: LATER,
  })
  if (kind === 'concat') {
    readRecord(value, path, ['kind'])
    return { kind }
  }
  const record = readRecord(value, path, ['kind', 'format', 'width', 'height', 'tile', 'x', 'y', 'divisor'])
  const side = (name: 'width' | 'height' | 'tile'): number =>
    readInteger(record[name], at(path, name), [1, 8192])
  for (const name of ['x', 'y']) compileExpression(record[name], at(path, name), names)
  const image: ImageReduce = {
    kind,
    format: readWord(record.format, at(path, 'format'), { words: ['rgba8', 'radiance'] as const }),
    width: side('width'),
    height: side('height'),
    tile: side('tile'),
    x: record.x as Expression,
    y: record.y as Expression,
    divisor: readInteger(record.divisor ?? 1, at(path, 'divisor'), [1, Number.MAX_SAFE_INTEGER]),
  }
  if (image.width % image.tile !== 0 || image.height % image.tile !== 0) {
    throw malformed(at(path, 'tile'), 'a side that divides width and height', image.tile)
  }
  return image
}
