// Where things lie in the input (4-byte words; see ../meta.ts), and the mesh's tables, found once per unit.

export let input: i32 = 0
export let nodes: i32 = 0
export let blocks: i32 = 0
export let triangles: i32 = 0
export let positions: i32 = 0
export let normals: i32 = 0

const MESH: i32 = 64
const MESH_HEADER: i32 = 8

export function open(pointer: i32): void {
  input = pointer
  const mesh = pointer + 4 * MESH
  nodes = mesh + 4 * MESH_HEADER
  blocks = nodes + load<i32>(mesh, 4) * 128
  triangles = blocks + load<i32>(mesh, 8) * 160
  positions = triangles + load<i32>(mesh, 12) * 12
  normals = positions + load<i32>(mesh, 16) * 12
}

@inline
export function word(index: i32): u32 {
  return load<u32>(input + 4 * index)
}

@inline
export function real(index: i32): f32 {
  return load<f32>(input + 4 * index)
}
