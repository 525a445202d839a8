/** A field of a protobuf message: a number as a varint, text and messages as bytes with their length. */
type Field = readonly [id: number, value: number | string | Uint8Array]

/** An ONNX model (IR 8, opset 13) that multiplies two square f32 matrices: inputs `a` and `b`, output `c`. */
export function matmulModel(side: number): Uint8Array {
  const graph = message(
    [1, message([1, 'a'], [1, 'b'], [2, 'c'], [4, 'MatMul'])],
    [2, 'matmul'],
    [11, matrix('a', side)],
    [11, matrix('b', side)],
    [12, matrix('c', side)],
  )
  return message([1, 8], [7, graph], [8, message([1, ''], [2, 13])])
}

/** A `ValueInfoProto` of element type 1, float. */
function matrix(name: string, side: number): Uint8Array {
  const axis = message([1, side])
  return message([1, name], [2, message([1, message([1, 1], [2, message([1, axis], [1, axis])])])])
}

function message(...fields: readonly Field[]): Uint8Array {
  return Uint8Array.from(
    fields.flatMap(([id, value]) => {
      if (typeof value === 'number') return [...varint(8 * id), ...varint(value)]
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
      return [...varint(8 * id + 2), ...varint(bytes.length), ...bytes]
    }),
  )
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}
