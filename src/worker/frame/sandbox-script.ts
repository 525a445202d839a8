import { fileURLToPath } from 'node:url'
import type { Rolldown } from 'vite'
import { build } from 'vite'
import { CPU_END } from './script-parts.ts'

type Chunks = ReadonlyMap<string, Rolldown.OutputChunk>

/**
 * Builds the script of the sandbox page: first what CPU workers run, as little as they need, because each of them reads it
 * anew; then the rest, which uses what stands before it. Throws when a part is missing.
 */
export async function buildSandboxScript(): Promise<string> {
  const chunks = await bundle()
  const cpu = withImports(chunks, 'cpu.js')
  const rest = withImports(chunks, 'main.js').filter((name) => !cpu.includes(name))
  const write = (name: string): string =>
    `((exports,require)=>{${chunks.get(name)?.code}})(parts['./${name}']={},(name)=>parts[name]);`
  const script = ['const parts={};', ...cpu.map(write), CPU_END, ...rest.map(write)].join('\n')
  // The text stands inside a script element, which these would end or turn into a comment.
  return script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
}

/** What both entries share becomes a chunk of its own, so that no code is there twice. */
async function bundle(): Promise<Chunks> {
  const entry = { cpu: pathOf('./cpu.ts'), main: pathOf('./main.ts') }
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      lib: { entry, formats: ['cjs'], fileName: (_, name) => `${name}.js` },
      rolldownOptions: { output: { chunkFileNames: '[name].js' } },
    },
  })
  const outputs = Array.isArray(built) ? built : [built]
  const files = outputs.flatMap((output) => ('output' in output ? output.output : []))
  return new Map(files.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file]] : [])))
}

/** The names of a chunk and of all that it needs, which comes before it. */
function withImports(chunks: Chunks, name: string): readonly string[] {
  const chunk = chunks.get(name)
  if (chunk === undefined) throw new Error(`The sandbox script lacks its part ${name}`)
  return [...new Set([...chunk.imports.flatMap((other) => withImports(chunks, other)), name])]
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}
