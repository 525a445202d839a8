import type { Browser, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { matmul } from '../../src/kernels/matmul/meta.ts'
import { standardJobs } from '../../src/kernels/standard/standard.ts'
import type { harness as Harness } from '../support/kernels-harness.ts'
import type { SandboxSite } from '../support/sandbox-site.ts'
import { openSandboxSite, serveSandboxSite } from '../support/sandbox-site.ts'

declare const harness: typeof Harness
declare global {
  interface Window {
    sandbox: Awaited<ReturnType<typeof Harness.open>>
  }
}

let site: SandboxSite
/** A browser with WebGPU in software. */
let browser: Browser
let page: Page

test.beforeAll(async ({ playwright }, { project }) => {
  site = await serveSandboxSite(new URL('../support/kernels-harness.ts', import.meta.url))
  const options = project.use.launchOptions ?? {}
  const args = [...(options.args ?? []), '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
  browser = await playwright.chromium.launch({ ...options, args })
  page = await openSandboxSite(browser, site)
  await page.evaluate(async () => {
    window.sandbox = await harness.open()
  })
})
test.afterAll(async () => {
  await browser.close()
  await site.close()
})

for (const name of Object.keys(standardJobs) as (keyof typeof standardJobs)[])
  test(`${name}: WGSL, WASM and the reference give the same bytes in the sandbox`, async () => {
    expect(await page.evaluate((kernel) => harness.compare(window.sandbox, kernel), name)).toEqual([])
  })

for (const variant of ['registers', 'tiles'] as const)
  test(`a product of real numbers by ${variant} is within its tolerance of that by WASM`, async () => {
    const side = 100 // no multiple of a tile
    const distance = await page.evaluate(([length, way]) => harness.distance(window.sandbox, length, way), [
      side,
      variant,
    ] as const)
    expect(distance).toBeLessThan(matmul.tolerance(side) * side) // a product of two numbers up to 1 is at most 1
  })
