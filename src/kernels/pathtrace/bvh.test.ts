import { cells, positions } from 'bunny'
import { expect, test } from 'vitest'
import { encodeMesh } from './bvh.ts'
import { parseMesh, standUp } from './mesh.ts'
import { FAR, MeshTracer } from './reference/mesh.ts'
import { Vector } from './reference/vector.ts'
import { noise, soup } from './test-mesh.ts'

const HEADER = 8

type Opened = { readonly words: Int32Array; readonly reals: Float32Array; readonly tracer: MeshTracer }

function open(bytes: Uint8Array): Opened {
  const [words, reals] = [new Int32Array(bytes.buffer), new Float32Array(bytes.buffer)]
  return { words, reals, tracer: new MeshTracer(words, reals, HEADER) }
}

/** Every block below a node with the boxes that it must lie in. */
function* blocksOf(opened: Opened, node: number, boxes: number[][]): Generator<[number, number[][]]> {
  const place = HEADER + 32 * node
  for (let child = 0; child < 4; child += 1) {
    const box = [0, 1, 2, 3, 4, 5].map((side) => opened.reals[place + 4 * side + child] ?? 0)
    if (box[0] === Math.fround(1e30)) continue
    const link = opened.words[place + 24 + child] ?? 0
    if (link >= 0) yield* blocksOf(opened, link, [...boxes, box])
    else yield [~link, [...boxes, box]]
  }
}

test('each triangle of the bunny is in one block, and inside all boxes above it', () => {
  const opened = open(encodeMesh(standUp(parseMesh({ positions, cells }))))
  const { words, reals } = opened
  const [, nodes = 0, blocks = 0, triangles = 0] = words
  const corners = HEADER + 32 * nodes + 40 * blocks
  const points = corners + 3 * triangles
  const isInside = (point: number, box: readonly number[]): boolean =>
    [0, 1, 2].every((axis) => {
      const value = reals[point + axis] ?? 0
      return value >= (box[axis] ?? 0) && value <= (box[axis + 3] ?? 0)
    })
  const seen: number[] = []
  let outside = 0
  for (const [block, boxes] of blocksOf(opened, 0, [])) {
    for (let lane = 0; lane < 4; lane += 1) {
      const place = HEADER + 32 * nodes + 40 * block + lane
      const isFilled = [3, 4, 5].some((field) => reals[place + 4 * field] !== 0)
      if (!isFilled) continue
      const triangle = words[place + 36] ?? 0
      seen.push(triangle)
      for (let corner = 0; corner < 3; corner += 1) {
        const point = points + 3 * (words[corners + 3 * triangle + corner] ?? 0)
        outside += boxes.filter((box) => !isInside(point, box)).length
      }
    }
  }
  expect(outside).toBe(0)
  expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: cells.length }, (_, index) => index))
})

test('the tree finds what testing every triangle finds', () => {
  const random = noise(5)
  const mesh = soup(200)
  const { tracer } = open(encodeMesh(mesh))
  const alone = mesh.cells.map(
    (cell) => open(encodeMesh({ positions: mesh.positions, cells: [cell] })).tracer,
  )
  let hits = 0
  for (let ray = 0; ray < 300; ray += 1) {
    const [from, along] = [new Vector(), new Vector()]
    from.set(random() - 0.5, random() - 0.5, -2)
    along.set(random() - 0.5, random() - 0.5, 1)
    tracer.search(from, along, false)
    const distances = alone.map((single) => {
      single.search(from, along, false)
      return single.t
    })
    expect(tracer.t).toBe(Math.min(...distances))
    if (tracer.t < FAR) hits += 1
  }
  expect(hits).toBeGreaterThan(50)
})

test('triangles that all lie in one place still make a tree', () => {
  const mesh = {
    positions: [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
    ],
    cells: Array.from({ length: 9 }, () => [0, 1, 2]),
  }
  const { words, tracer } = open(encodeMesh(mesh))
  expect(words[2]).toBeGreaterThanOrEqual(3)
  const [from, along] = [new Vector(), new Vector()]
  from.set(0.2, 0.2, -1)
  along.set(0, 0, 1)
  tracer.search(from, along, false)
  expect(tracer.t).toBe(1)
})
