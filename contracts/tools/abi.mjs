#!/usr/bin/env node
// Writes src/chain/generated/ from what `forge build` left in contracts/out/.
// With --check it writes nothing and exits with 1 when a file differs.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { getCreate2Address } from 'viem/utils'

const root = new URL('../../', import.meta.url)
const artifact = JSON.parse(readFileSync(new URL('contracts/out/Escrow.sol/Escrow.json', root), 'utf8'))
const bytecode = artifact.bytecode.object
const factory = '0x4e59b44847b379578588920cA78FbF26c0B4956C'
const address = getCreate2Address({ from: factory, salt: `0x${'00'.repeat(32)}`, bytecode }).toLowerCase()

const head = '// Written by contracts/tools/abi.mjs from contracts/src/Escrow.sol.\n'
const files = {
  // In parts: pages read and explain what they never call.
  'read-abi.ts': part('readAbi', ({ stateMutability }) => stateMutability === 'view'),
  'calls-abi.ts': part(
    'callsAbi',
    ({ type, stateMutability }) => type === 'function' && stateMutability !== 'view',
  ),
  'errors-abi.ts': part('errorsAbi', ({ type }) => type === 'error'),
  'events-abi.ts': part('eventsAbi', ({ type }) => type === 'event'),
  'address.ts': `${head}export const factoryAddress = '${factory.toLowerCase()}'\nexport const escrowAddress = '${address}'\n`,
  'bytecode.ts': `${head}export const escrowBytecode = '${bytecode}'\n`,
}
const isCheck = process.argv.includes('--check')
const folder = new URL('src/chain/generated/', root)

if (!isCheck) mkdirSync(folder, { recursive: true })
for (const [name, text] of Object.entries(files)) {
  if (!isCheck) {
    writeFileSync(new URL(name, folder), text)
  } else if (read(name) !== text) {
    process.stderr.write(
      `src/chain/generated/${name} differs from the contract: run "npm run contracts:build".\n`,
    )
    process.exitCode = 1
  }
}

function part(name, isIn) {
  const items = artifact.abi.filter(isIn)
  const text = JSON.stringify(items, (key, value) => (key === 'internalType' ? undefined : value), 2)
  return `${head}export const ${name} = ${text} as const\n`
}

function read(name) {
  try {
    return readFileSync(new URL(name, folder), 'utf8')
  } catch {
    return undefined
  }
}
