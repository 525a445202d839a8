#!/usr/bin/env node
// Breaks one rule of the escrow at a time, in a copy, and shows which test goes red. Exits with 1 when none does, or when
// the copy does not compile. Arguments: parts of rules, to try only those.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mutations } from './mutations.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'weft-mutate-'))
// Few random runs: what only many of them find is not guarded well enough.
const env = {
  ...process.env,
  PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
  FOUNDRY_FUZZ_RUNS: '16',
  FOUNDRY_INVARIANT_RUNS: '4',
  FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: '1',
}

try {
  copy()
  process.exitCode = tryAll(process.argv.slice(2))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** `contracts/gas` stays behind: any change at all would be seen there. */
function copy() {
  for (const path of [
    'contracts/src',
    'contracts/test',
    'contracts/tools',
    'foundry.toml',
    'src/protocol/vectors.json',
  ])
    cpSync(join(root, path), join(folder, path), { recursive: true })
  rmSync(join(folder, 'contracts/test/gas'), { recursive: true, force: true })
  mkdirSync(join(folder, 'contracts'), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
}

function tryAll(parts) {
  const whole = test()
  if (whole.kind !== 'green') return fail(`unbroken, the tests are ${whole.kind}: ${whole.what}`)
  const chosen = mutations.filter(
    ([, , , rule]) => parts.length === 0 || parts.some((part) => rule.includes(part)),
  )
  let survivors = 0
  for (const [index, mutation] of chosen.entries()) {
    const { kind, what } = breakOne(mutation)
    if (kind !== 'red') survivors += 1
    console.log(
      `${index + 1}/${chosen.length}  ${kind === 'red' ? 'found' : kind.toUpperCase()}  ${mutation[3]}  (${what})`,
    )
  }
  console.log(`${chosen.length - survivors} of ${chosen.length} broken rules were found`)
  return survivors === 0 ? 0 : 1
}

function breakOne([file, from, to]) {
  const path = join(folder, 'contracts/src', file)
  const text = readFileSync(path, 'utf8')
  const count = text.split(from).length - 1
  if (count !== 1) return { kind: 'stale', what: `"${from}" is ${count} times in ${file}` }
  writeFileSync(
    path,
    text.replace(from, () => to),
  )
  try {
    return test()
  } finally {
    writeFileSync(path, text)
  }
}

/** Runs the tests until one fails, and names it. */
function test() {
  const { status, stdout, stderr } = spawnSync('forge', ['test', '--fail-fast'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  if (status === 0) return { kind: 'green', what: 'every test passed' }
  const failed = /\[FAIL[^\n]*\] (\w+)\(|\[FAIL[^\]]*\][\s\S]*?\n (\w+)\(/.exec(stdout)
  if (failed) return { kind: 'red', what: failed[1] ?? failed[2] }
  return { kind: 'broken', what: `${stdout}${stderr}`.trim().split('\n').slice(-3).join(' ') }
}

function fail(what) {
  console.error(`mutate: ${what}`)
  return 1
}
