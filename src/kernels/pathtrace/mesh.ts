import { malformed } from '../../protocol/failure.ts'
import { at, readInteger, readList, readNumber, readRecord } from '../../protocol/read.ts'

/** A triangle mesh as modelling packages give it: corners, and triangles by the numbers of their corners. */
export type Mesh = {
  readonly positions: readonly (readonly number[])[]
  readonly cells: readonly (readonly number[])[]
}

/** The most triangles a mesh may have. */
const MAX_TRIANGLES = 2 ** 20

/** Reads a mesh. Throws `malformed` with the path of the corner or triangle. */
export function parseMesh(value: unknown): Mesh {
  const record = readRecord(value, 'mesh', ['positions', 'cells'])
  const positions = readList(record.positions, 'mesh.positions', {
    max: 3 * MAX_TRIANGLES,
    read: (entry, path) => readTriple(entry, path, readNumber),
  })
  const last = positions.length - 1
  if (last < 2) throw malformed('mesh.positions', 'at least three corners', positions.length)
  const cells = readList(record.cells, 'mesh.cells', {
    max: MAX_TRIANGLES,
    read: (entry, path) => readTriple(entry, path, (corner, place) => readInteger(corner, place, [0, last])),
  })
  if (cells.length === 0) throw malformed('mesh.cells', 'at least one triangle')
  return { positions, cells }
}

/** Moves and scales a mesh so that it stands on height 0, in the middle, one unit high or wide, whichever is more. */
export function standUp(mesh: Mesh): Mesh {
  const [low, high] = [bound(mesh, Math.min), bound(mesh, Math.max)]
  const size = low.map((value, axis) => (high[axis] ?? 0) - value)
  const scale = 1 / Math.max(...size)
  if (!Number.isFinite(scale)) throw malformed('mesh.positions', 'corners that are not all in one place')
  const [x = 0, y = 0, z = 0] = low
  const [wide = 0, , deep = 0] = size
  const origin = [x + wide / 2, y, z + deep / 2]
  const positions = mesh.positions.map((corner) =>
    corner.map((value, axis) => (value - (origin[axis] ?? 0)) * scale),
  )
  return { positions, cells: mesh.cells }
}

/** The normal at every corner: the mean of its triangles' normals by area. */
export function cornerNormals(mesh: Mesh): number[][] {
  const sums = mesh.positions.map(() => [0, 0, 0])
  for (const cell of mesh.cells) {
    const [a = [], b = [], c = []] = cell.map((corner) => mesh.positions[corner] ?? [])
    const normal = cross(minus(b, a), minus(c, a))
    for (const corner of cell) sums[corner] = plus(sums[corner] ?? [], normal)
  }
  return sums.map((sum) => {
    const length = Math.sqrt(sum.reduce((total, value) => total + value * value, 0))
    return length > 0 ? sum.map((value) => value / length) : [0, 1, 0]
  })
}

function bound(mesh: Mesh, pick: (...values: number[]) => number): number[] {
  return mesh.positions.reduce<number[]>(
    (best, corner) => corner.map((value, axis) => pick(value, best[axis] ?? value)),
    [],
  )
}

function readTriple(
  value: unknown,
  path: string,
  read: (entry: unknown, path: string) => number,
): readonly number[] {
  const triple = readList(value, path, { max: 3, read })
  if (triple.length < 3) throw malformed(at(path, triple.length), 'three numbers')
  return triple
}

function minus(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, axis) => value - (b[axis] ?? 0))
}

function plus(a: readonly number[], b: readonly number[]): number[] {
  return b.map((value, axis) => value + (a[axis] ?? 0))
}

function cross(
  [ax = 0, ay = 0, az = 0]: readonly number[],
  [bx = 0, by = 0, bz = 0]: readonly number[],
): number[] {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx]
}
