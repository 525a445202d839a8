import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import asc from 'assemblyscript/asc'
import { expect, test } from 'vitest'
import { runnerOf } from '../kernels/run-kernel.ts'
import type { Cid } from '../protocol/cid.ts'
import { cidOf } from '../protocol/cid.ts'
import { digestOf } from '../protocol/digest.ts'
import { parseManifest } from '../protocol/manifest/manifest.ts'
import { projectFolder } from './project.ts'

const root = projectFolder()
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/manifest.md',
  'docs/money.md',
  'docs/chains.md',
]
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** The files that a page names: paths below the folders of the project, and the targets of its links. */
function namedIn(page: string): string[] {
  const text = read(page)
  const paths = text.match(/\b(?:src|contracts|e2e|bench|docs)\/[\w./-]*[\w-]/g) ?? []
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) =>
    join(dirname(page), link ?? ''),
  )
  return [...new Set([...paths, ...links])]
}

test.each(pages)('every file that %s names is there', (page) => {
  expect(namedIn(page).filter((file) => !existsSync(join(root, file)))).toEqual([])
})

test('the pages name files at all', () => {
  expect(namedIn('ARCHITECTURE.md').length).toBeGreaterThan(60)
  expect(namedIn('docs/manifest.md')).toContain('docs/example/julia.ts')
})

test.each(pages)('every npm script that %s names is there', (page) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = [...read(page).matchAll(/\bnpm run ([a-z0-9-]+(?::[a-z]+)?)/g)].map(([, name]) => name ?? '')
  expect(named.filter((name) => !(name in scripts))).toEqual([])
})

test('the example of the manifest is one, and its module paints what it always has', () => {
  const { manifest, blobs } = readExample()
  const run = runnerOf({ manifest, blobs })
  expect(run(0).length).toBe(4096)
  expect(digestOf(run(136))).toBe('eb74f82203cf495a4368791a95d2de8a9e3b459e8fc8a39f6489f8a8ac249a31')
})

test('the module of the example is what its source gives', async () => {
  const source = read('docs/example/julia.ts')
  const [, options = ''] = /npx asc (\S+ .*)/.exec(source) ?? []
  const args = options.split(' ').map((word) => (word.endsWith('.wasm') ? 'julia.wasm' : word))
  let module: Uint8Array | undefined
  const { error } = await asc.main(args, {
    readFile: (file) => (existsSync(join(root, file)) ? read(file) : null),
    listFiles: () => [],
    writeFile: (_, contents) => {
      module = Buffer.from(contents)
    },
  })
  expect(error).toBeNull()
  expect(digestOf(module ?? new Uint8Array())).toBe(digestOf(bytesOf('julia.wasm')))
})

function bytesOf(file: string): Uint8Array {
  return new Uint8Array(readFileSync(join(root, 'docs/example', file)))
}

/** The example with CIDs in the place of files, as `weft publish` makes it. */
function readExample(): Parameters<typeof runnerOf>[0] {
  const blobs = new Map<Cid, Uint8Array>()
  const json = JSON.parse(read('docs/example/manifest.json'), (key, value) => {
    if (key !== 'code') return value
    const bytes = bytesOf(value.file)
    blobs.set(cidOf(bytes), bytes)
    return { cid: cidOf(bytes), bytes: bytes.length }
  })
  return { manifest: parseManifest(json), blobs }
}
