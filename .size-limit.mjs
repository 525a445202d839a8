// Budgets over the wire (gzip) of what a visitor loads at each step, read from the built pages and the imports of their chunks.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const site = 'dist/web'
const chunks = existsSync(join(site, 'assets')) ? readdirSync(join(site, 'assets')) : []
const still = /(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g
/** Fetched when it is needed, with budgets of its own: what sends transactions, what reads payments (the wallet's), tokens, what measures a new tab, and what looks into programs (WASM only in Node). */
const later =
  /^(check-wgsl|wasm-kernel|measure|cash-outs|send-move|page-chain|token|plain-token|refuse-rebasing)-/
const lazy = /import\(\s*["'`]\.\/([\w.-]+\.js)["'`]\s*\)/g

/** The files that a page names: scripts, what is loaded ahead for them, and styles. */
function linked(page) {
  if (!existsSync(join(site, page)))
    throw new Error(`There is no ${site}/${page}. Build it with: npm run build`)
  const html = readFileSync(join(site, page), 'utf8')
  return [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, file]) => file)
}

/** The chunks of these names with all that they import, by the given kinds of imports. */
function reached(names, kinds) {
  const found = new Set(
    chunks.filter((chunk) => names.some((name) => new RegExp(`^${name}-.{8}\\.(js|css)$`).test(chunk))),
  )
  for (const chunk of found) {
    // The first page is there already, and what it fetches later are the other pages.
    if (!chunk.endsWith('.js') || index.includes(`assets/${chunk}`)) continue
    const text = readFileSync(join(site, 'assets', chunk), 'utf8')
    for (const kind of kinds)
      for (const [, other] of text.matchAll(kind)) if (!later.test(other)) found.add(other)
  }
  if (found.size === 0)
    throw new Error(`No chunk is named ${names.join(' or ')}; .size-limit.mjs names those of an older build`)
  return [...found].map((chunk) => `assets/${chunk}`)
}

function budget(name, limit, files) {
  return { name, limit, path: files.map((file) => join(site, file)), gzip: true }
}

const index = ['index.html', ...linked('index.html')]
const running = [...new Set([...index, ...reached(['begin', 'Running', 'Plot'], [still, lazy])])]
const moving = reached(['cash-outs', 'send-move'], [still, lazy]).filter((file) => !running.includes(file))
const measuring = reached(['measure'], [still, lazy]).filter((file) => !running.includes(file))
const tokens = reached(['plain-token', 'refuse-rebasing', 'token'], [still, lazy]).filter(
  (file) => !running.includes(file),
)
const pages = reached(['Publish', 'Jobs', 'Job', 'open-publishing'], [still, lazy]).filter(
  (file) => !running.includes(file),
)
const checking = reached(['check-wgsl'], [still, lazy]).filter(
  (file) => !running.includes(file) && !pages.includes(file),
)
const wallet = reached(['Wallet', 'open-wallet', 'external'], [still, lazy]).filter(
  (file) => !running.includes(file),
)

export default [
  budget('loader', '3 KiB', ['embed/v1.js']),
  budget('frame before consent', '15 KiB', ['embed.html', ...linked('embed.html')]),
  budget('contribute page before Start', '60 KiB', index),
  budget('contribute page after Start', '316 KiB', running),
  budget('what the first start adds', '6 KiB', measuring),
  budget('what moving earned money adds', '45 KiB', moving),
  budget('what a job in tokens adds', '10 KiB', tokens),
  budget('sandbox', '64 KiB', ['sandbox.html']),
  budget('what the publish and jobs pages add', '160 KiB', pages),
  budget('what looking into WGSL adds', '16 KiB', checking),
  budget('what the wallet adds', '110 KiB', wallet),
]
