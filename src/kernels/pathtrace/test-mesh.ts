import type { Mesh } from './mesh.ts'

/** Numbers from 0 to 1 in an order that is the same every time. */
export function noise(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** A mesh of triangles that lie across each other, in a box of side 2 around the middle. */
export function soup(triangles: number): Mesh {
  const random = noise(7)
  const positions: number[][] = []
  for (let triangle = 0; triangle < triangles; triangle += 1) {
    const middle = [random() - 0.5, random() - 0.5, random() - 0.5]
    for (let corner = 0; corner < 3; corner += 1)
      positions.push(middle.map((value) => value + 0.3 * (random() - 0.5)))
  }
  const cells = Array.from({ length: triangles }, (_, index) => [3 * index, 3 * index + 1, 3 * index + 2])
  return { positions, cells }
}
