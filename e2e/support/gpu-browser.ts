import type { Browser, LaunchOptions, PlaywrightWorkerArgs } from '@playwright/test'

/** Launches a browser of its own with WebGPU on the software adapter: what happens to its GPU process stays with it. */
export function launchGpuBrowser(
  playwright: PlaywrightWorkerArgs['playwright'],
  options: LaunchOptions = {},
): Promise<Browser> {
  const args = [...(options.args ?? []), '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
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
