// `npm run check`: every static check, side by side. Prints what failed and one line for each check.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { install, root } from './setup/install.mjs'

const checks = {
  biome: ['biome', 'check', '--error-on-warnings', '--max-diagnostics=50', '.'],
  types: [
    'tsc',
    '--noEmit',
    '--pretty',
    'false',
    '--incremental',
    '--tsBuildInfoFile',
    'node_modules/.cache/tsc.json',
  ],
  svelte: ['svelte-check', '--tsconfig', 'tsconfig.json', '--fail-on-warnings', '--output', 'human'],
  imports: ['depcruise', 'src', '--config', '.dependency-cruiser.mjs', '--output-type', 'err'],
  unused: ['knip', '--no-progress', '--no-config-hints'],
  sizes: ['node', 'src/cli/sizes.mjs'],
}

install()
const results = await Promise.all(
  Object.entries(checks).map(([name, [tool, ...args]]) => runCheck(name, tool, args)),
)
for (const { name, output } of results.filter(({ code }) => code !== 0))
  console.log(`\n── ${name}\n${output.trim()}`)
console.log(
  `\n${results.map(({ name, code, seconds }) => `${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`).join('\n')}`,
)
process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1

function runCheck(name, tool, args) {
  const start = Date.now()
  const program = tool === 'node' ? process.execPath : join(root, 'node_modules/.bin', tool)
  const child = spawn(program, args, {
    cwd: root,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      output += part
    })
  return new Promise((resolve) => {
    const end = (code) => resolve({ name, code, output, seconds: ((Date.now() - start) / 1000).toFixed(1) })
    child.on('error', (error) => {
      output += error.message
      end(1)
    })
    child.on('close', end)
  })
}
