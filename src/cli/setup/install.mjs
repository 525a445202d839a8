// What must be there before anything else can run, made without dependencies.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const stamp = join(root, 'dist/.weft-build')

/** Ends with a clear sentence under a Node that is too old. */
export function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(`Weft needs Node 20.19 or newer; this is ${process.versions.node}. See https://nodejs.org`)
}

/** Installs the packages of the lockfile, unless they are there. Scripts of packages are not needed and not run. */
export function install() {
  if (!isStale()) return
  say('Installing packages (npm ci)')
  run('npm', ['ci', '--ignore-scripts', '--loglevel=error'])
}

/** Builds the web app and the command, unless their sources are unchanged since the last time. */
export function build() {
  const sources = hashSources()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return
  say('Building (npm run build)')
  run('npm', ['run', '--silent', 'build'])
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, sources)
}

/** Runs a program in the project's folder; ends this process when it fails. */
export function run(program, args) {
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (error) fail(`${program} could not be run: ${error.message}`)
  if (status !== 0) fail(`"${program} ${args.join(' ')}" failed; see above`, status ?? 1)
}

/** Says what is being done; stdout is left to the command. */
export function say(line) {
  console.error(`weft: ${line}`)
}

/** Says what is wrong and ends. */
export function fail(line, code = 1) {
  console.error(`weft: ${line}`)
  process.exit(code)
}

/** npm notes in node_modules what it has installed, at the end of every install that went well. */
function isStale() {
  const [wanted, found] = ['package-lock.json', 'node_modules/.package-lock.json'].map(packagesOf)
  return differs(wanted, found)
}

/** Tells whether packages that are wanted are not there; one for another platform need not be. */
export function differs(wanted, found) {
  return Object.entries(wanted).some(([place, { version, optional }]) => {
    const isMissing = found[place] === undefined
    return place !== '' && !(isMissing && optional) && found[place]?.version !== version
  })
}

function packagesOf(name) {
  const file = join(root, name)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {}
}

/** A hash over everything that the build reads. */
function hashSources() {
  const hash = createHash('sha256').update(process.version)
  const isConfig = (name) => /\.(ts|mjs|js|json|html)$/.test(name)
  const files = readdirSync(root).filter(isConfig)
  for (const file of [...files.sort(), ...filesBelow('src'), ...filesBelow('public')]) {
    hash.update(`${file}\n`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

function filesBelow(folder) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .sort()
}
