import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { loadInNode } from '../../src/worker/node-kernel.ts'
import { compileOdd, programCode } from '../../src/worker/wasi/programs/test-code.ts'
import { testPrograms, wasiSource } from '../../src/worker/wasi/programs/test-programs.ts'
import type { SandboxSite } from '../support/sandbox-site.ts'
import { openSandboxSite, serveSandboxSite } from '../support/sandbox-site.ts'
import type { harness as Harness } from '../support/wasi-harness.ts'
import { showRuns } from '../support/wasi-harness.ts'

declare const harness: typeof Harness

type Name = keyof typeof testPrograms

const units = [0, 1, 7]
let site: SandboxSite
let page: Page

test.beforeAll(async ({ browser }) => {
  site = await serveSandboxSite(new URL('../support/wasi-harness.ts', import.meta.url))
  page = await openSandboxSite(browser, site)
})
test.afterAll(async () => {
  await page.close()
  await site.close()
})

/** Runs units of a program in the sandbox and in a thread of Node; both must say the same, with the same fuel. */
async function runTwice(name: Name, code: Uint8Array): Promise<string[]> {
  const base64 = Buffer.from(code).toString('base64')
  const inSandbox = page.evaluate(async ([program, text, list]) => await harness.run(program, text, list), [
    name,
    base64,
    units,
  ] as const)
  const kernel = await loadInNode(wasiSource(code, testPrograms[name]), new AbortController().signal)
  const inNode = showRuns(await kernel.run(units))
  kernel.close()
  expect(await inSandbox).toEqual(inNode)
  return inNode
}

const hex = (text: string): string => Buffer.from(text).toString('hex')

test('units of a C program come to the same bytes in the sandbox and in Node', async () => {
  const runs = await runTwice('survey', programCode('survey'))
  expect(runs[2]).toContain(hex('unit 7 of Größe: input 21, median 3.000 of 5\nrandom '))
  expect(new Set(runs).size).toBe(3)
})

test('units of a Rust program do', async () => {
  const [run] = await runTwice('words', programCode('words'))
  expect(run).toContain(hex('3 the\n2 and\n'))
})

test('units of a script that an interpreter runs do', async () => {
  const [run] = await runTwice('lua', programCode('lua'))
  expect(run).toContain(hex('fib\t10\t55\n'))
})

test('units of an AssemblyScript program do', async () => {
  const runs = await runTwice('collatz', await compileOdd())
  expect(runs[0]).toMatch(/^0 = 6f000000 for \d+$/)
})

test('units of a program that leaves well in the middle of a loop cost what ran until then', async () => {
  const runs = await runTwice('leave', await compileOdd())
  const [, fuel] = /^0 = 69 for (\d+)$/.exec(runs[0] ?? '') ?? []
  expect(Number(fuel)).toBeLessThan(1_000)
})
