import type { Browser, LaunchOptions, PlaywrightWorkerArgs } from '@playwright/test'

/** Without these Chromium gives a page no adapter any more after two deaths of its GPU process, and no page after three. */
const NO_LIMITS = ['--disable-domain-blocking-for-3d-apis', '--disable-gpu-process-crash-limit']

/** Launches a browser of its own with WebGPU on the software adapter: what happens to its GPU process stays with it. */
export function launchGpuBrowser(
  playwright: PlaywrightWorkerArgs['playwright'],
  options: LaunchOptions = {},
): Promise<Browser> {
  const webgpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
  const args = [...(options.args ?? []), ...webgpu, ...NO_LIMITS]
  return playwright.chromium.launch({ ...options, args })
}

/** Kills the GPU process of a browser. Gives when that was. */
export async function killGpu(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const gpu = processInfo.find(({ type }) => type === 'GPU')
  if (gpu === undefined) throw new Error('the browser has no GPU process')
  const killedAt = Date.now()
  process.kill(gpu.id, 'SIGKILL')
  await session.detach()
  return killedAt
}

/** A shader whose every invocation takes so many turns: 16 million keep the software adapter busy for seconds, 4 billion for hours. */
export function busyShader(turns: number): string {
  return `
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(64)
fn main() {
  var x = 1u;
  for (var i = 0u; i < ${turns}u; i = i + 1u) { x = x * 1664525u + out[0] + i; }
  out[0] = x;
}`
}

/** Makes the GPU process of a browser hang for hours: another tab gives a device back while it computes without end. */
export async function hangGpu(browser: Browser, url: string): Promise<void> {
  const other = await browser.newPage()
  await other.goto(url)
  await other.evaluate(async (code) => {
    const gpu = await (await navigator.gpu.requestAdapter())?.requestDevice()
    if (gpu === undefined) throw new Error('there is no WebGPU here')
    const module = gpu.createShaderModule({ code })
    const pipeline = gpu.createComputePipeline({ layout: 'auto', compute: { module } })
    const buffer = gpu.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE })
    const entries = [{ binding: 0, resource: { buffer } }]
    const encoder = gpu.createCommandEncoder()
    const pass = encoder.beginComputePass()
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }))
    pass.dispatchWorkgroups(1024)
    pass.end()
    gpu.queue.submit([encoder.finish()])
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    gpu.destroy()
    await new Promise((resolve) => setTimeout(resolve, 500))
  }, busyShader(4_000_000_000)) // no kernel in the sandbox may do this
}
