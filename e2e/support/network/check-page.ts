import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect } from '@playwright/test'

const PHONE = { width: 360, height: 740 }

/** Checks that a page has no serious fault in its full width and on a phone, where it must not be wider than the screen. */
export async function checkPage(page: Page, what: string): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 900 })
  await checkFaults(page, what)
  await page.setViewportSize(PHONE)
  await expect
    .poll(() => page.evaluate(findWide), { message: `${what}: what is wider than a phone` })
    .toEqual([])
  await checkFaults(page, `${what} on a phone`)
}

/** Runs in the page: names the elements that make it scroll sideways. */
function findWide(): string[] {
  const { scrollWidth, clientWidth } = document.documentElement
  const isClipped = (node: Element | null): boolean =>
    node !== null &&
    node !== document.body &&
    (getComputedStyle(node).overflowX !== 'visible' || isClipped(node.parentElement))
  const found = [...document.querySelectorAll('body *')]
    .filter((node) => node.getBoundingClientRect().right > clientWidth && !isClipped(node.parentElement))
    .map((node) => `${node.outerHTML.slice(0, 80)} at ${node.getBoundingClientRect().right}`)
  return scrollWidth <= clientWidth ? [] : [`${scrollWidth} px`, ...found]
}

/** Checks that what a page shows has no serious fault for tools that read it. */
export async function checkFaults(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
  expect(serious, what).toEqual([])
}
