import { matmulModel } from './onnx.ts'
import type { Side } from './page.ts'

/** onnxruntime-web with one thread, or on WebGPU. Inputs and output are in main memory, as with the platform. */
export async function openOnnx(
  provider: 'wasm' | 'webgpu',
  side: number,
  [a, b]: readonly [Float32Array, Float32Array],
): Promise<Side> {
  const onnx =
    provider === 'wasm' ? await import('onnxruntime-web/wasm') : await import('onnxruntime-web/webgpu')
  onnx.env.wasm.numThreads = 1
  const session = await onnx.InferenceSession.create(matmulModel(side), { executionProviders: [provider] })
  const feeds = {
    a: new onnx.Tensor('float32', a, [side, side]),
    b: new onnx.Tensor('float32', b, [side, side]),
  }
  return async (count) => {
    let product: unknown
    for (let turn = 0; turn < count; turn += 1) product = await (await session.run(feeds)).c?.getData()
    if (!(product instanceof Float32Array)) throw new Error('onnxruntime-web gave no f32')
    return product
  }
}
