/** WebGPU as a page uses it that trusts its kernel: the same text without bounds, the same buffers and bytes, no checks of anything. */

/** A kernel with the content of its buffers in the order of their bindings; the last one is the output. */
export type DirectKernel = {
  readonly text: string
  readonly entry: string
  readonly inputs: readonly Uint8Array<ArrayBuffer>[]
  readonly outputBytes: number
  readonly dispatch: readonly [number, number]
}

/** Units in flight, as many as the sandbox has. */
const IN_FLIGHT = 3

/** Compiles a kernel; what it gives runs so many units and returns the output of the last. */
export async function openDirect(kernel: DirectKernel): Promise<(units: number) => Promise<Uint8Array>> {
  const adapter = await navigator.gpu.requestAdapter()
  if (adapter === null) throw new Error('there is no WebGPU here')
  const gpu = await adapter.requestDevice()
  const module = gpu.createShaderModule({ code: kernel.text })
  const compute = { module, entryPoint: kernel.entry }
  const pipeline = await gpu.createComputePipelineAsync({ layout: 'auto', compute })
  const slots = Array.from({ length: IN_FLIGHT }, () => makeSlot(gpu, pipeline, kernel))
  return async (units) => {
    let left = units
    let last = new Uint8Array(0)
    await Promise.all(
      slots.map(async (run) => {
        while (left > 0) {
          left -= 1
          last = await run()
        }
      }),
    )
    return last
  }
}

function makeSlot(
  gpu: GPUDevice,
  pipeline: GPUComputePipeline,
  { inputs, outputBytes, dispatch }: DirectKernel,
): () => Promise<Uint8Array<ArrayBuffer>> {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST
  const buffers = inputs.map(({ length }) => gpu.createBuffer({ size: length, usage }))
  const output = gpu.createBuffer({
    size: outputBytes,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
  })
  const staging = gpu.createBuffer({
    size: outputBytes,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  })
  const entries = [...buffers, output].map((buffer, binding) => ({ binding, resource: { buffer } }))
  const group = gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries })
  return async () => {
    for (const [place, buffer] of buffers.entries()) {
      const content = inputs[place]
      if (content !== undefined) gpu.queue.writeBuffer(buffer, 0, content)
    }
    const encoder = gpu.createCommandEncoder()
    const pass = encoder.beginComputePass()
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, group)
    pass.dispatchWorkgroups(...dispatch)
    pass.end()
    encoder.copyBufferToBuffer(output, 0, staging, 0, outputBytes)
    gpu.queue.submit([encoder.finish()])
    await staging.mapAsync(GPUMapMode.READ)
    const bytes = new Uint8Array(staging.getMappedRange().slice(0))
    staging.unmap()
    return bytes
  }
}
