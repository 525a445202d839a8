#!/usr/bin/env node
// Lets forge use the pinned WebAssembly compiler of node_modules: no download, the same bytes everywhere.
import { createRequire } from 'node:module'

const solc = createRequire(import.meta.url)('solc')
const flags = process.argv.slice(2)

if (flags.includes('--version')) {
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`)
} else if (flags.includes('--standard-json')) {
  let input = ''
  for await (const part of process.stdin.setEncoding('utf8')) input += part
  process.stdout.write(solc.compile(input))
} else {
  process.stderr.write('This wrapper knows --version and --standard-json only.\n')
  process.exitCode = 2
}
