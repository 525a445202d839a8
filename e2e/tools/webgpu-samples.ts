// Runs the compute shaders of github.com/webgpu/webgpu-samples that use buffers only, with their WGSL as it is, in the sandbox of
// a browser, and compares what they give with plain TypeScript: npm run webgpu-samples -- DIR
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { needBrowser } from '../../src/cli/setup/browser.mjs'
import type { harness as Harness } from '../support/sandbox-harness.ts'
import { openSandboxSite, serveSandboxSite } from '../support/sandbox-site.ts'
import { bitonicSort, resetCounter } from './webgpu-samples/bitonic-sort.ts'
import { boids } from './webgpu-samples/boids.ts'
import { gameOfLife } from './webgpu-samples/game-of-life.ts'
import { lightUpdate } from './webgpu-samples/light-update.ts'
import type { Sample } from './webgpu-samples/sample.ts'

declare const harness: typeof Harness

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: npm run webgpu-samples -- DIR')

const args = ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
const browser = await chromium.launch({ executablePath: needBrowser(), args })
const site = await serveSandboxSite()
try {
  const page = await openSandboxSite(browser, site)
  for (const sample of [bitonicSort, resetCounter, gameOfLife, boids, lightUpdate]) {
    const why = await check(sample)
    console.log(
      `${why === undefined ? 'passed' : 'failed'}: ${sample.path}${why === undefined ? '' : `: ${why}`}`,
    )
    if (why !== undefined) process.exitCode = 1
  }

  /** Runs one unit of a sample and says what was wrong, if anything was. */
  async function check({
    path,
    textOf,
    program,
    outputs,
    input,
    problemOf,
  }: Sample): Promise<string | undefined> {
    const file = readFileSync(join(folder ?? '', path), 'utf8')
    const job = { program, manifest: { outputs } }
    const found = await page.evaluate(
      async ({ text, job, input }) => {
        const cid = harness.wgsl(text).manifest.programs[0]?.code.cid
        const inputs = [{ name: 'data', cid, bytes: input.length }]
        const source = harness.wgsl(text, { ...job, manifest: { ...job.manifest, inputs } })
        const sandbox = await harness.open()
        const kernel = await sandbox.load({ ...source, inputs: new Map([['data', Uint8Array.from(input)]]) })
        const [run] = await kernel.run([7])
        if (run?.kind === 'done') return [...run.output]
        return run?.failure.message ?? 'there is no result'
      },
      { text: textOf?.(file) ?? file, job, input: [...input] },
    )
    return typeof found === 'string' ? found : problemOf(Uint8Array.from(found))
  }
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  await browser.close()
  await site.close()
}
