/**
 * A GPU that loses a dispatch without a word leaves zeros, which look like a result. So the last dispatch of each part of a unit
 * counts on the GPU itself, and a unit whose count is wrong was lost.
 */
const text = `
@group(0) @binding(0) var<storage, read_write> status: array<u32, 2>;
@compute @workgroup_size(1) fn seal() { status[1] = status[1] + 1u; }`

/** Compiles the dispatch that adds one to the second word of a buffer. */
export async function compileSeal(gpu: GPUDevice): Promise<GPUComputePipeline> {
  const module = gpu.createShaderModule({ code: text })
  return await gpu.createComputePipelineAsync({ layout: 'auto', compute: { module } })
}
