/** The kernel in plain TypeScript: three loops, every product and every sum rounded to f32. */
export function multiplyMatrices(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = input.slice()
  const [rows = 0, inner = 0, columns = 0] = new Uint32Array(buffer, 0, 4)
  const a = new Float32Array(buffer, 16, rows * inner)
  const b = new Float32Array(buffer, 16 + a.byteLength, inner * columns)
  const c = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      let sum = 0
      for (let k = 0; k < inner; k += 1)
        sum = Math.fround(sum + Math.fround((a[row * inner + k] ?? 0) * (b[k * columns + column] ?? 0)))
      c[row * columns + column] = sum
    }
  return new Uint8Array(c.buffer)
}
