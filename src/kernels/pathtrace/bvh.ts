import type { Mesh } from './mesh.ts'
import { cornerNormals } from './mesh.ts'

/**
 * The bytes that the kernel reads a mesh from, all 4-byte words, little-endian: a header (format 1, and the numbers of nodes,
 * blocks, triangles and corners), nodes of 32 words (four boxes: lower x, y, z and upper x, y, z, each four times; four
 * children: a node, or ~block), blocks of 40 words (four triangles: corner and two edges, each x, y, z four times; four
 * triangle numbers), triangles (three corner numbers), positions and normals of corners.
 */
export function encodeMesh(mesh: Mesh): Uint8Array<ArrayBuffer> {
  const { nodes, blocks } = layOut(buildTree(mesh))
  const corners = mesh.positions.length
  const sizes = [
    HEADER,
    nodes.length * NODE,
    blocks.length * BLOCK,
    mesh.cells.length * 3,
    corners * 3,
    corners * 3,
  ]
  const starts = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0))
  const [, nodeStart = 0, blockStart = 0, cellStart = 0, positionStart = 0, normalStart = 0] = starts
  const bytes = new Uint8Array(4 * (normalStart + corners * 3))
  const words = new Int32Array(bytes.buffer)
  const reals = new Float32Array(bytes.buffer)
  words.set([1, nodes.length, blocks.length, mesh.cells.length, corners])
  nodes.forEach((node, index) => {
    const place = nodeStart + index * NODE
    for (let child = 0; child < 4; child += 1) {
      const box = node[child]?.box ?? NOWHERE
      box.forEach((value, side) => {
        reals[place + side * 4 + child] = value
      })
      words[place + 24 + child] = node[child]?.link ?? 0
    }
  })
  blocks.forEach((block, index) => {
    const place = blockStart + index * BLOCK
    block.forEach((triangle, lane) => {
      triangleReals(mesh, triangle).forEach((value, field) => {
        reals[place + field * 4 + lane] = value
      })
      words[place + 36 + lane] = triangle
    })
  })
  words.set(mesh.cells.flat(), cellStart)
  reals.set(mesh.positions.flat(), positionStart)
  reals.set(cornerNormals(mesh).flat(), normalStart)
  return bytes
}

const HEADER = 8
const NODE = 32
const BLOCK = 40
const WIDTH = 4
const BINS = 16

/** Lower x, y, z, then upper x, y, z. */
type Box = number[]
type Tree = { readonly box: Box } & (
  | { readonly kind: 'leaf'; readonly triangles: readonly number[] }
  | { readonly kind: 'fork'; readonly parts: readonly [Tree, Tree] }
)
type Item = { readonly triangle: number; readonly box: Box; readonly middle: readonly number[] }
type Child = { readonly box: Box; readonly link: number }
type Cut = { readonly left: Item[]; readonly right: Item[] }

/** The box of a child that is not there: farther away than any ray goes. */
const NOWHERE: Box = [1e30, 1e30, 1e30, 1e30, 1e30, 1e30]

function buildTree(mesh: Mesh): Tree {
  const items = mesh.cells.map((cell, triangle): Item => {
    const box = emptyBox()
    for (const corner of cell) {
      const place = mesh.positions[corner] ?? []
      grow(box, [...place, ...place])
    }
    return { triangle, box, middle: [0, 1, 2].map((axis) => ((box[axis] ?? 0) + (box[axis + 3] ?? 0)) / 2) }
  })
  return split(items)
}

function split(items: readonly Item[]): Tree {
  const box = emptyBox()
  for (const item of items) grow(box, item.box)
  if (items.length <= WIDTH) return { kind: 'leaf', box, triangles: items.map((item) => item.triangle) }
  const { left, right } = cheapestCut(items) ?? halve(items)
  return { kind: 'fork', box, parts: [split(left), split(right)] }
}

/** The cut into bins along some axis whose parts have the least area times triangles. */
function cheapestCut(items: readonly Item[]): Cut | undefined {
  let best = Infinity
  let chosen: ((item: Item) => boolean) | undefined
  for (let axis = 0; axis < 3; axis += 1) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const { middle } of items) {
      low = Math.min(low, middle[axis] ?? 0)
      high = Math.max(high, middle[axis] ?? 0)
    }
    if (high <= low) continue
    const binOf = (item: Item): number =>
      Math.min(BINS - 1, Math.floor((((item.middle[axis] ?? 0) - low) / (high - low)) * BINS))
    const cost = cutCosts(items, binOf)
    cost.forEach((value, bin) => {
      if (value >= best) return
      best = value
      chosen = (item) => binOf(item) <= bin
    })
  }
  const isLeft = chosen
  if (isLeft === undefined) return undefined
  return { left: items.filter(isLeft), right: items.filter((item) => !isLeft(item)) }
}

/** The cost of cutting behind each bin but the last; infinite where a part would be empty. */
function cutCosts(items: readonly Item[], binOf: (item: Item) => number): number[] {
  const bins = Array.from({ length: BINS }, () => ({ box: emptyBox(), count: 0 }))
  for (const item of items) {
    const bin = bins[binOf(item)]
    if (bin === undefined) continue
    grow(bin.box, item.box)
    bin.count += 1
  }
  const sweep = (list: typeof bins): number[] => {
    const box = emptyBox()
    let count = 0
    return list.map((bin) => {
      grow(box, bin.box)
      count += bin.count
      return count === 0 ? Number.POSITIVE_INFINITY : area(box) * Math.ceil(count / WIDTH)
    })
  }
  const left = sweep(bins)
  const right = sweep([...bins].reverse()).reverse()
  return left.slice(0, -1).map((value, bin) => value + (right[bin + 1] ?? Infinity))
}

/** Cuts in the middle of the list, for triangles that all lie in one place. */
function halve(items: readonly Item[]): Cut {
  const middle = items.length >> 1
  return { left: items.slice(0, middle), right: items.slice(middle) }
}

/** Numbers the nodes, four children wide, and the blocks. */
function layOut(tree: Tree): { nodes: Child[][]; blocks: (readonly number[])[] } {
  const nodes: Child[][] = []
  const blocks: (readonly number[])[] = []
  const link = (part: Tree): number => {
    if (part.kind === 'leaf') return ~(blocks.push(part.triangles) - 1)
    return place(widen(part))
  }
  const place = (parts: readonly Tree[]): number => {
    const index = nodes.push([]) - 1
    nodes[index] = parts.map((part) => ({ box: part.box, link: link(part) }))
    return index
  }
  place(widen(tree))
  return { nodes, blocks }
}

/** Opens the largest forks until four children stand side by side. */
function widen(tree: Tree): readonly Tree[] {
  let parts: readonly Tree[] = [tree]
  while (parts.length < WIDTH) {
    const forks = parts.filter((part) => part.kind === 'fork')
    const largest = forks.reduce<Tree | undefined>(
      (best, part) => (best === undefined || area(part.box) > area(best.box) ? part : best),
      undefined,
    )
    if (largest?.kind !== 'fork') break
    parts = parts.flatMap((part) => (part === largest ? largest.parts : [part]))
  }
  return parts
}

function triangleReals(mesh: Mesh, triangle: number): number[] {
  const [a = [], b = [], c = []] = (mesh.cells[triangle] ?? []).map((corner) =>
    (mesh.positions[corner] ?? []).map(Math.fround),
  )
  const edge = (to: readonly number[]): number[] => to.map((value, axis) => value - (a[axis] ?? 0))
  return [...a, ...edge(b), ...edge(c)]
}

function emptyBox(): Box {
  return [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity]
}

function grow(box: Box, by: readonly number[]): void {
  for (let side = 0; side < 3; side += 1) box[side] = Math.min(box[side] ?? 0, by[side] ?? 0)
  for (let side = 3; side < 6; side += 1) box[side] = Math.max(box[side] ?? 0, by[side] ?? 0)
}

function area(box: Box): number {
  const size = (axis: number): number => (box[axis + 3] ?? 0) - (box[axis] ?? 0)
  const [x, y, z] = [size(0), size(1), size(2)]
  return x * y + y * z + z * x
}
