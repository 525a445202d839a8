// Compiles every kernel's `assembly/index.ts` to `kernel.wasm`, and writes both the module and the WGSL text as TypeScript under
// `generated/`, so that tabs, Node and tests read the same bytes without a loader.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
/** Kernels whose WGSL is that of another, for numbers of another type. */
const typed = { 'matmul-integer': { from: 'matmul', type: 'vec4u' } }
/** Pages of 64 KiB that a kernel of large units begins with: the memory of a unit that need not grow serves the next one too. */
const initialPages = { matmul: 52 }
const options = '--optimizeLevel 3 --shrinkLevel 0 --runtime stub --use abort= --noAssert --enable simd'

/** The names of the kernels that have a WASM source. */
export function kernelNames() {
  return readdirSync(here).filter((name) => existsSync(join(here, name, 'assembly/index.ts')))
}

/** Compiles one kernel. Throws with the compiler's own words. */
export async function compile(name) {
  let bytes
  const stderr = asc.createMemoryStream()
  const pages = initialPages[name]
  const memory = pages === undefined ? [] : ['--initialMemory', `${pages}`]
  const source = join('src/kernels', name, 'assembly/index.ts')
  const { error } = await asc.main([source, '--outFile', 'kernel.wasm', ...options.split(' '), ...memory], {
    stderr,
    readFile: (file) => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : null),
    listFiles: () => [],
    writeFile: (_, contents) => {
      bytes = contents
    },
  })
  if (error !== null || bytes === undefined)
    throw new Error(`${name}: ${stderr.toString() || error?.message}`)
  return Uint8Array.from(bytes)
}

/** The files made from a kernel's sources, by their path below `src/kernels`. */
export async function generate(name) {
  const wasm = await compile(name)
  const base64 = Buffer.from(wasm).toString('base64')
  const files = new Map([
    [`${name}/kernel.wasm`, wasm],
    [
      `${name}/generated/wasm.ts`,
      constant(`${wordOf(name)}Wasm`, `The module of \`${name}\` in base64.`, base64),
    ],
  ])
  const text = wgslOf(name)
  if (text !== undefined)
    files.set(
      `${name}/generated/wgsl.ts`,
      constant(`${wordOf(name)}Wgsl`, `The WGSL text of \`${name}\`.`, text),
    )
  return files
}

function wgslOf(name) {
  const other = typed[name]
  const path = join(here, other?.from ?? name, 'kernel.wgsl')
  if (!existsSync(path)) return undefined
  const text = readFileSync(path, 'utf8')
  return other === undefined ? text : text.replace(/(?<=^alias Vector = )\w+/m, other.type)
}

/** `monte-carlo` as a name in code. */
function wordOf(name) {
  return name.replace(/-[a-z]/g, (found) => found.slice(1).toUpperCase())
}

function constant(name, comment, text) {
  return `/** ${comment} Written by build.mjs. */\nexport const ${name} = ${JSON.stringify(text)}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = process.argv.slice(2)
  for (const name of asked.length > 0 ? asked : kernelNames()) {
    for (const [path, contents] of await generate(name)) {
      mkdirSync(dirname(join(here, path)), { recursive: true })
      writeFileSync(join(here, path), contents)
      console.log(`${path} ${contents.length}`)
    }
  }
}
