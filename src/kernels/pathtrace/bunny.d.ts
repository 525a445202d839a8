declare module 'bunny' {
  /** Corners in the model's own unit, y upwards. */
  export const positions: readonly (readonly [number, number, number])[]
  /** Triangles by the numbers of their corners. */
  export const cells: readonly (readonly [number, number, number])[]
}
