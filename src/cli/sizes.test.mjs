import { expect, test } from 'vitest'
import { missingFromLock } from './setup/lock.mjs'
import { judgeFile, judgeFolders, judgeLock } from './sizes.mjs'

const lines = (count) => 'x\n'.repeat(count)

test.each([
  ['src/market/judge.ts', 300],
  ['src/ui/App.svelte', 150],
  ['contracts/src/Escrow.sol', 250],
  ['src/kernels/fractal/kernel.wgsl', 120],
])('%s may have %i lines and no more', (file, limit) => {
  expect(judgeFile(file, lines(limit))).toEqual([])
  expect(judgeFile(file, lines(limit + 1))).toEqual([
    `${file}: ${limit + 1} lines; the limit of .${file.split('.').at(-1)} files is ${limit}`,
  ])
})

test('only the worker folder may use the GPU', () => {
  const use = ['const gpu = navigator', 'gpu'].join('.')
  expect(judgeFile('src/worker/frame/gpu-worker.ts', use)).toEqual([])
  expect(judgeFile('src/provider/engine.ts', use)).toHaveLength(1)
})

test.each(['test', 'test.describe', 'it', 'describe.each'])('a test that is not run is found: %s', (word) => {
  for (const way of ['skip', 'only', 'todo', 'fixme']) {
    expect(judgeFile('e2e/story.ts', `${word}.${way}('a story')`)).toEqual([
      `e2e/story.ts: "${word}.${way}": every test must run`,
    ])
  }
  expect(judgeFile('e2e/story.ts', `${word}('a story')`)).toEqual([])
  expect(judgeFile('src/market/judge.ts', `${word}.skip(1)`)).toEqual([])
})

test('a folder holds at most 15 files beside its tests, and has a name', () => {
  const files = Array.from({ length: 15 }, (_, index) => `src/market/f${index}.ts`)
  expect(judgeFolders([...files, 'src/market/f0.test.ts'])).toEqual([])
  expect(judgeFolders([...files, 'src/market/more.ts'])).toEqual([
    'src/market: 16 files; the limit is 15, tests aside',
  ])
  expect(judgeFolders(['src/ui/utils/x.ts'])).toEqual([
    'src/ui/utils: a folder is named for the noun it serves',
  ])
})

test('a package for another platform that the lockfile leaves out is found wherever npm would look for it', () => {
  const packages = {
    '': { optionalDependencies: { a: '1' } },
    'node_modules/a': { optionalDependencies: { 'a-linux-x64': '1.0.0', 'a-darwin-arm64': '^1.0.0' } },
    'node_modules/a-linux-x64': {},
    'node_modules/b/node_modules/c': { optionalDependencies: { a: '1', d: '1', e: '1' }, dev: true },
    'node_modules/b/node_modules/d': {},
  }
  expect([...missingFromLock({ packages })]).toEqual([
    ['a-darwin-arm64', { version: '1.0.0', dev: undefined }],
    ['e', { version: '1', dev: true }],
  ])
  expect(judgeLock({ packages })[0]).toMatch(/^package-lock.json: no entry for a-darwin-arm64 and 1 more/)
})
