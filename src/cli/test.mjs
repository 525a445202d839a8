// `npm test`: everything, in order, from nothing: packages, browser, checks, unit and contract tests, build, sizes, stories.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { needBrowser } from './setup/browser.mjs'
import { build, fail, install, refuseOldNode, root, say } from './setup/install.mjs'

const counts = { passed: 0, failed: 0, idle: 0 }
const reports = join(root, 'test-results')

/** Each step with the reader of its counts; a step without one passes or fails as a whole and is not counted. */
const steps = [
  ['check', npm('check')],
  ['unit', npm('unit'), () => countUnit(readReport('unit.json'))],
  ['contracts', npm('contracts:test'), countForge],
  ['build', makeBuild],
  ['size', npm('size')],
  ['stories', npm('e2e'), () => countStories(readReport('stories.json'))],
]

refuseOldNode()
install()
process.env.CHROME_PATH = needBrowser()
rmSync(reports, { recursive: true, force: true })
const failure = await runSteps()
if (failure) say(failure)
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = failure ? 1 : 0

async function runSteps() {
  for (const [name, step, count] of steps) {
    const start = Date.now()
    say(`── ${name}`)
    const { code, output } = await step()
    const found = count?.(output)
    if (found) for (const key of Object.keys(counts)) counts[key] += found[key]
    const seconds = ((Date.now() - start) / 1000).toFixed(1)
    if (code !== 0) return `${name} failed after ${seconds} s`
    if (count && !(found?.passed > 0)) return `${name} ran no test`
    if (found?.failed > 0) return `${name}: ${found.failed} tests failed`
    if (found?.idle > 0) return `${name}: ${found.idle} tests were skipped; every test must run`
    say(`${name} ok (${seconds} s)`)
  }
  return undefined
}

async function makeBuild() {
  build()
  return { code: 0, output: '' }
}

/** A step that runs a script of package.json, shows what it prints and keeps it. */
function npm(script) {
  return () =>
    new Promise((resolve) => {
      const stdio = ['ignore', 'pipe', 'inherit']
      const child = spawn('npm', ['run', '--silent', script], {
        cwd: root,
        stdio,
        shell: process.platform === 'win32',
      })
      let output = ''
      child.stdout.on('data', (part) => {
        output += part
        process.stdout.write(part)
      })
      child.on('error', (error) => fail(`npm could not be run: ${error.message}`))
      child.on('close', (code) => resolve({ code: code ?? 1, output }))
    })
}

function readReport(name) {
  const file = join(reports, name)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

function countUnit(report) {
  if (!report) return undefined
  const idle = report.numPendingTests + report.numTodoTests
  return { passed: report.numPassedTests, failed: report.numFailedTests, idle }
}

function countForge(output) {
  const found = /(\d+) tests? passed, (\d+) failed, (\d+) skipped \(\d+ total tests?\)/.exec(output)
  return found ? { passed: Number(found[1]), failed: Number(found[2]), idle: Number(found[3]) } : undefined
}

function countStories(report) {
  if (!report) return undefined
  const { expected, unexpected, flaky, skipped } = report.stats
  return { passed: expected, failed: unexpected + flaky, idle: skipped }
}
