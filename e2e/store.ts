import type { BrowserContext, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { storeContract } from '../src/store/store-contract.ts'
import { serveStoreSite } from './support/store-site.ts'

// The store and the keys of a tab in a real browser: what IndexedDB keeps, refuses and hides.
let site: Awaited<ReturnType<typeof serveStoreSite>>

test.beforeAll(async () => {
  site = await serveStoreSite()
})
test.afterAll(() => site.close())
test.beforeEach(({ page }) => page.goto(site.url))

async function visit(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.goto(site.url)
  return page
}

test('IndexedDB keeps every promise of a store', async ({ page }) => {
  for (const [index, { name }] of storeContract.entries())
    expect(await page.evaluate((place) => window.storeProbe.check(place), index), name).toBe('')
})

for (const strict of [false, true]) {
  test(`a page that closes amid ${strict ? 'strict ' : ''}appends loses nothing acknowledged`, async ({
    context,
  }) => {
    const writer = await visit(context)
    const acknowledged: number[] = []
    const enough = new Promise<void>((resolve) => {
      writer.on('console', (message) => {
        acknowledged.push(Number(message.text().replace('acknowledged ', '')))
        if (acknowledged.length === 100) resolve()
      })
    })
    const writing = writer
      .evaluate((flag) => window.storeProbe.write('closing', flag), strict)
      .catch(() => 'closed')
    await enough
    await writer.close()
    expect(await writing).toBe('closed')
    const reader = await visit(context)
    const kept = await reader.evaluate(() => window.storeProbe.numbers('closing'))
    expect(kept).toEqual(kept.map((_, index) => index))
    expect(acknowledged.filter((number) => !(number < kept.length))).toEqual([])
  })
}

test('two tabs that append to one journal overwrite nothing', async ({ context }) => {
  const pages = [await visit(context), await visit(context)]
  const writing = pages.map((page) =>
    page.evaluate(() => window.storeProbe.write('shared', false)).catch(() => 'closed'),
  )
  const counts = pages.map(() => 0)
  await Promise.all(
    pages.map(
      (page, index) =>
        new Promise<void>((resolve) => {
          page.on('console', () => {
            counts[index] = (counts[index] ?? 0) + 1
            if (counts[index] === 50) resolve()
          })
        }),
    ),
  )
  await Promise.all(pages.map((page) => page.close()))
  await Promise.all(writing)
  const kept = await (await visit(context)).evaluate(() => window.storeProbe.numbers('shared'))
  expect(kept.length).toBeGreaterThanOrEqual(100)
  for (const number of [0, 10, 49]) expect(kept.filter((entry) => entry === number)).toHaveLength(2)
})

test('a strict append asks for a flush to disk, another does not', async ({ page }) => {
  expect(await page.evaluate(() => window.storeProbe.durabilities('durable'))).toEqual(['relaxed', 'strict'])
})

test('the least recently written blobs go first over a restart, a pinned one stays', async ({ page }) => {
  const put = (seeds: number[]): Promise<number[]> =>
    page.evaluate((list) => window.storeProbe.seeds('blobs', list), seeds)
  expect(await put([1, 2, 3, 4])).toEqual([1, 2, 3, 4])
  expect(await put([2, 5, 6])).toEqual([1, 2, 5, 6])
})

test('a browser without space says so', async ({ page }) => {
  const session = await page.context().newCDPSession(page)
  const origin = new URL(site.url).origin
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 100_000 })
  const why = await page.evaluate(() => window.storeProbe.fill('full', 5_000_000))
  expect(why).toContain('no space is left for this site. Free disk space')
  await session.send('Storage.overrideQuotaForOrigin', { origin })
  expect(await page.evaluate(() => window.storeProbe.fill('full', 5_000_000))).toBe('')
})

test('a newer version of the page takes over, and the old one says to reload', async ({ page }) => {
  const [append, get, open, best] = await page.evaluate(() => window.storeProbe.outdate('outdated'))
  expect(append).toContain('Reload the page')
  expect(get).toContain('Reload the page')
  expect(open).toContain('a newer version of this page wrote it')
  expect(best).toBe(open)
})

test('a key is kept over a reload, is the same in tabs that ask at once, and cannot be read from the database', async ({
  page,
  context,
}) => {
  const pages = [page, await visit(context), await visit(context)]
  const keys = await Promise.all(pages.map((each) => each.evaluate(() => window.storeProbe.key('peer'))))
  expect(keys[0]).toMatch(/^[0-9a-f]{64}$/)
  expect(new Set(keys).size).toBe(1)
  await page.reload()
  expect(await page.evaluate(() => window.storeProbe.key('peer'))).toBe(keys[0])
  const { digits, isExtractable } = await page.evaluate(() => window.storeProbe.keyBytes())
  expect(digits.length).toBeGreaterThan(96)
  expect(digits).not.toContain(keys[0])
  expect(isExtractable).toBe(false)
})

test('a replaced key is the one that is loaded, and what is no key is refused', async ({ page }) => {
  await page.evaluate(() => window.storeProbe.key('other'))
  expect(await page.evaluate(() => window.storeProbe.replaceKey('other', 7))).toBe('')
  expect(await page.evaluate(() => window.storeProbe.key('other'))).toBe('07'.repeat(32))
  expect(await page.evaluate(() => window.storeProbe.replaceKey('other', 0))).toContain(
    'secp256k1 private key',
  )
  expect(await page.evaluate(() => window.storeProbe.key('other'))).toBe('07'.repeat(32))
})

test('a frame whose storage is refused works in memory and says so', async ({ page }) => {
  await page.evaluate((src) => {
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-scripts')
    frame.src = src
    document.body.append(frame)
  }, site.url)
  await expect.poll(() => page.frames().length).toBe(2)
  const frame = page.frames()[1]
  await frame?.waitForFunction(() => window.storeProbe !== undefined)
  const found = await frame?.evaluate(() => window.storeProbe.best('refused'))
  expect(found).toMatchObject({ areKept: [false, false], works: true })
  expect(found?.store).toContain('Nothing is kept when this page closes')
  expect(found?.key).toContain('This key is lost when the page closes')
})
