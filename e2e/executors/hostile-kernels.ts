import type { Browser, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { hostile as Hostile } from '../support/hostile/harness.ts'
import { wasmCases } from '../support/hostile/wasm-cases.ts'
import { wgslCases } from '../support/hostile/wgsl-cases.ts'
import type { SandboxSite } from '../support/sandbox-site.ts'
import { openSandboxSite, serveSandboxSite } from '../support/sandbox-site.ts'

declare const hostile: typeof Hostile

/** Beats of 20 ms that the page may miss in a row: generous, since the machine may be busy with other things. */
const MOST_MISSED = 100

let site: SandboxSite
let browser: Browser
let page: Page

test.beforeAll(async ({ playwright }, { project }) => {
  site = await serveSandboxSite(new URL('../support/hostile/harness.ts', import.meta.url))
  const options = project.use.launchOptions ?? {}
  const args = [...(options.args ?? []), '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
  browser = await playwright.chromium.launch({ ...options, args })
  page = await openSandboxSite(browser, site)
  await page.evaluate(async () => {
    Object.assign(globalThis, { sandbox: await hostile.harness.open({ cpuWorkers: 1 }) })
  })
})
test.afterAll(async () => {
  await browser.close()
  await site.close()
})

for (const [executor, cases] of [
  ['wasm', wasmCases],
  ['wgsl', wgslCases],
] as const)
  test.describe(`${executor}, and the page lives on and the next honest unit is done`, () => {
    for (const { name, says } of cases)
      test(name, async () => {
        const found = await page.evaluate(
          async ([executor, name]) => {
            const { sandbox } = globalThis as unknown as {
              sandbox: Awaited<ReturnType<typeof hostile.harness.open>>
            }
            return await hostile.attack(sandbox, executor, name)
          },
          [executor, name] as const,
        )
        expect(found.said).toMatch(says)
        expect(found.honest).toEqual(['7 = 49', '8 = 64'])
        expect(found.missed).toBeLessThan(MOST_MISSED)
      })
  })

test('a hostile neighbour spoils neither the results of another publisher, nor ever has a worker of theirs', async () => {
  const found = await page.evaluate(async () => {
    const stop = new AbortController()
    const sandbox = await hostile.harness.open({ cpuWorkers: 2, signal: stop.signal })
    const found = await hostile.neighbours(sandbox, 3)
    stop.abort()
    return found
  })
  const squares = (units: readonly number[]): string[] => units.map((unit) => `${unit} = ${unit ** 2}`)
  const frames = [0, 1, 2].flatMap((turn) =>
    [7, 8, 9, 10].map((unit) => squares([unit, 17 + turn, unit, 17 + turn])),
  )
  expect(found.honest).toEqual(frames)
  expect(found.said).toHaveLength(9)
  for (const [index, code] of ['timeout', 'memory', 'fuel'].entries())
    expect(found.said.filter((_, at) => at % 3 === index)).toEqual(
      Array(3).fill(expect.stringMatching(new RegExp(`^[27] ${code}: `))),
    )
  const { bad = [], good = [] } = found.places
  expect(Math.min(bad.length, good.length)).toBeGreaterThan(1)
  expect(good.filter((place) => bad.includes(place))).toEqual([])
})
