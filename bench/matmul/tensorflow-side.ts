import type { Side } from './page.ts'

/** TensorFlow.js on WebGPU. The matrices are new tensors each time, as with the platform. */
export async function openTensorflow(
  side: number,
  [a, b]: readonly [Float32Array, Float32Array],
): Promise<Side> {
  const tensorflow = await import('@tensorflow/tfjs-core')
  await import('@tensorflow/tfjs-backend-webgpu')
  if (!(await tensorflow.setBackend('webgpu'))) throw new Error('TensorFlow.js has no WebGPU here')
  await tensorflow.ready()
  return async (count) => {
    let product: unknown
    for (let turn = 0; turn < count; turn += 1) {
      const [left, right] = [a, b].map((values) => tensorflow.tensor2d(values, [side, side]))
      if (left === undefined || right === undefined) throw new Error('no tensors')
      const result = tensorflow.matMul(left, right)
      product = await result.data()
      for (const tensor of [left, right, result]) tensor.dispose()
    }
    if (!(product instanceof Float32Array)) throw new Error('TensorFlow.js gave no f32')
    return product
  }
}
