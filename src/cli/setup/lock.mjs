// npm leaves platform packages that its registry does not offer out of the lockfile, and then `npm ci` refuses that lockfile
// everywhere. `node src/cli/setup/lock.mjs` writes their entries from what their dependents say; `npm run check` looks for gaps.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../../../package-lock.json', import.meta.url))
const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]
const machines = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']

/** The packages that some package of the lockfile may want and the lockfile does not have, with what is known of them. */
export function missingFromLock(lock) {
  const missing = new Map()
  for (const [place, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (!hasEntry(lock, place, name)) missing.set(name, { version: version.replace(/^[\^~]/, ''), dev })
    }
  }
  return missing
}

/** Node looks for a package beside its dependent and then in every folder above. */
function hasEntry(lock, place, name) {
  const parts = place.split(/\/?node_modules\//)
  return parts.some((_, depth) => {
    const above = parts.slice(0, depth + 1).join('/node_modules/')
    return (
      lock.packages[`${above === '' ? '' : `${above}/`}node_modules/${name}`.replace(/^\//, '')] !== undefined
    )
  })
}

/** What npm notes of a package for one platform; the platform is in its name. */
function entry(name, { version, dev }) {
  const words = name.split('/').at(-1).split('-')
  const pick = (known) => known.filter((word) => words.includes(word))
  const [cpu, os] = [pick(machines), pick(systems)]
  if (cpu.length !== 1 || os.length > 1)
    throw new Error(`${name}: no platform in its name; add its entry by hand`)
  const libc = words.some((word) => word.startsWith('musl')) ? { libc: ['musl'] } : {}
  return { version, cpu, ...(dev && { dev }), ...libc, optional: true, ...(os.length > 0 && { os }) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = JSON.parse(readFileSync(file, 'utf8'))
  for (const [name, known] of missingFromLock(lock)) {
    lock.packages[`node_modules/${name}`] = entry(name, known)
    console.log(`added ${name} ${known.version}`)
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
}
