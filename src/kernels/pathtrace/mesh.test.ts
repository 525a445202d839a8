import { expect, test } from 'vitest'
import { cornerNormals, parseMesh, standUp } from './mesh.ts'

const corners = [
  [0, 0, 0],
  [2, 0, 0],
  [0, 4, 0],
]

test('a mesh with a fault is refused with the place of the fault', () => {
  const cells = [[0, 1, 2]]
  expect(() => parseMesh({ positions: corners, cells: [[0, 1, 3]] })).toThrow('mesh.cells[0][2]')
  expect(() => parseMesh({ positions: corners, cells: [[0, 1]] })).toThrow('mesh.cells[0][2]')
  expect(() => parseMesh({ positions: [[0, 0, Number.NaN]], cells })).toThrow('mesh.positions[0][2]')
  expect(() => parseMesh({ positions: corners.slice(1), cells })).toThrow('three corners')
  expect(() => parseMesh({ positions: corners, cells: [] })).toThrow('one triangle')
  expect(() => parseMesh({ positions: corners, cells, normals: [] })).toThrow('mesh.normals: unknown field')
})

test('a mesh stands on the ground, in the middle, one unit high', () => {
  const mesh = standUp(
    parseMesh({ positions: corners.map((corner) => corner.map((x) => x + 7)), cells: [[0, 1, 2]] }),
  )
  expect(mesh.positions).toEqual([
    [-0.25, 0, 0],
    [0.25, 0, 0],
    [-0.25, 1, 0],
  ])
})

test('corners all in one place are refused', () => {
  const positions = [corners[0], corners[0], corners[0]]
  expect(() => standUp(parseMesh({ positions, cells: [[0, 1, 2]] }))).toThrow('all in one place')
})

test('a normal stands on its triangles, the larger ones counting more', () => {
  const positions = [...corners, [0, 0, 1]]
  const [first] = cornerNormals({
    positions,
    cells: [
      [0, 1, 2],
      [0, 3, 1],
    ],
  })
  const length = Math.hypot(8, 2)
  expect(first?.map((value) => value * length).map(Math.round)).toEqual([0, 2, 8])
})
