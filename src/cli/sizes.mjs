// The rules of STYLE that no other tool checks: sizes, folder names, who may use the GPU, tests that do not run, the lockfile.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './setup/install.mjs'
import { missingFromLock } from './setup/lock.mjs'

const lineLimits = { '.ts': 300, '.svelte': 150, '.sol': 250, '.wgsl': 120 }
const MAX_FILES = 15
const forbidden = ['utils', 'misc', 'common', 'shared', 'core', 'lib', 'types']
const idle = /\b(?:test|it|describe|suite)(?:\.\w+)*\.(?:skip|only|fixme|todo|skipIf|runIf)\b|\bvm\.skip\b/
const isTest = (file) => /\.test\.ts$|\.t\.sol$|^e2e\//.test(file)

/** What is wrong with one file, given its path in the project and its text. */
export function judgeFile(file, text) {
  const lines = text.trimEnd().split('\n').length
  const limit = lineLimits[extname(file)] ?? Number.POSITIVE_INFINITY
  const stopped = isTest(file) ? idle.exec(text) : null
  return [
    lines > limit && `${lines} lines; the limit of ${extname(file)} files is ${limit}`,
    /^src\/(?!worker\/).*\.(ts|svelte)$/.test(file) &&
      /\bnavigator\.gpu\b/.test(text) &&
      'navigator.gpu may be used in src/worker only',
    stopped && `"${stopped[0]}": every test must run`,
  ]
    .filter(Boolean)
    .map((what) => `${file}: ${what}`)
}

/** What is wrong with the folders that hold these files. */
export function judgeFolders(files) {
  const counts = new Map()
  for (const file of files.filter((file) => !isTest(file) || file.startsWith('e2e/'))) {
    counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  }
  return [...counts].flatMap(([folder, count]) => [
    ...(count > MAX_FILES ? [`${folder}: ${count} files; the limit is ${MAX_FILES}, tests aside`] : []),
    ...(forbidden.includes(basename(folder)) ? [`${folder}: a folder is named for the noun it serves`] : []),
  ])
}

/** What is wrong with the lockfile. */
export function judgeLock(lock) {
  const gaps = [...missingFromLock(lock).keys()]
  const way = 'so "npm ci" refuses it. Run: node src/cli/setup/lock.mjs'
  return gaps.length === 0
    ? []
    : [`package-lock.json: no entry for ${gaps[0]} and ${gaps.length - 1} more, ${way}`]
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !file.includes('/generated/') && !/\/assembly\/|\.wasm$/.test(file))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = ['src', 'e2e', 'bench', 'contracts/src', 'contracts/test'].flatMap(filesBelow)
  const found = [
    ...files.flatMap((file) => judgeFile(file, readFileSync(join(root, file), 'utf8'))),
    ...judgeFolders(files),
    ...judgeLock(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))),
  ]
  for (const line of found) console.log(line)
  process.exitCode = found.length === 0 ? 0 : 1
}
