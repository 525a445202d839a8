import { expect, test } from '@playwright/test'
import { loadInNode } from '../../src/worker/node-kernel.ts'
import type { harness as Harness } from '../support/meter-harness.ts'
import { endOf, meteredSources } from '../support/meter-harness.ts'
import { openSandboxSite, serveSandboxSite } from '../support/sandbox-site.ts'

declare const harness: typeof Harness

test('a kernel takes the same instructions and gives the same bytes in Chromium and in Node', async ({
  browser,
}) => {
  const closing = new AbortController()
  const site = await serveSandboxSite(new URL('../support/meter-harness.ts', import.meta.url))
  try {
    const page = await openSandboxSite(browser, site)
    const inChromium = await page.evaluate(async () => harness.ends(await harness.open()))
    const inNode: Record<string, string> = {}
    for (const [name, source] of meteredSources()) {
      const kernel = await loadInNode(source, closing.signal)
      inNode[name] = await endOf(kernel)
      kernel.close()
    }
    expect(inChromium).toEqual(inNode)
    const ends = Object.values(inNode)
    expect(ends.filter((end) => end.includes('instructions')).length).toBeGreaterThan(15)
    expect(ends).toContain('fuel')
  } finally {
    closing.abort()
    await site.close()
  }
})
