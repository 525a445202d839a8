import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { digestOf } from '../../src/protocol/digest.ts'
import { programCode } from '../../src/worker/wasi/programs/test-code.ts'
import { fillIn, publishFilled } from '../support/network/job.ts'
import { joinIn, leave } from '../support/network/job-page.ts'
import type { NetworkProcess } from '../support/network/process.ts'
import { COMMAND, startNetwork } from '../support/network/process.ts'
import type { Visitor } from '../support/network/visitor.ts'
import { makeVisitor, PATIENCE } from '../support/network/visitor.ts'

// A program that writes two files in every unit, one of them of another length each time: whoever publishes it gets two files.
test.describe.configure({ timeout: 120_000 })

const UNITS = 12
/** What unit `i` writes: its square as a u32, and `i` modulo 5 lines, which may be none. */
const script = `
local unit = tonumber(arg[1])
local square = io.open("/square", "wb")
square:write(string.pack("<I4", unit * unit))
square:close()
local log = io.open("/log", "wb")
for line = 1, unit % 5 do log:write("unit ", unit, ", line ", line, "\\n") end
log:close()
`
const units = Array.from({ length: UNITS }, (_, unit) => unit)
const lines = units.flatMap((unit) => units.slice(1, 1 + (unit % 5)).map((n) => `unit ${unit}, line ${n}\n`))
const expected = new Map([
  ['squares-and-lines-square.bin', Buffer.from(Uint32Array.from(units, (unit) => unit * unit).buffer)],
  ['squares-and-lines-log.bin', Buffer.from(lines.join(''))],
])
const digests = [...expected].map(([name, bytes]) => `${digestOf(bytes)}  ${name}\n`).join('')
const files = [
  { name: 'lua.wasm', bytes: programCode('lua') },
  { name: 'script.lua', bytes: new TextEncoder().encode(script) },
]
const wasm = {
  abi: 'wasi-preview1',
  args: ['/script.lua', { value: '$i' }],
  files: [{ path: '/script.lua', content: [{ input: 'script' }] }],
  from: { square: '/square', log: '/log' },
}
const manifest = JSON.stringify({
  weft: 1,
  app: { name: 'Squares and lines' },
  programs: [{ kind: 'wasm', code: { file: 'lua.wasm' }, wasm }],
  inputs: [{ name: 'script', file: 'script.lua' }],
  units: { kind: 'range', name: 'i', to: UNITS },
  outputs: [
    { name: 'square', type: 'u32', bytes: 4 },
    { name: 'log', type: 'u8', bytes: 200, upTo: true },
  ],
  price: { replica: '1000000000' },
})

let network: NetworkProcess
let tabs: Visitor[]
let folder: string
let results: string
/** What the command said, when it has ended. */
let command: Promise<{ stdout: string }>
const run = promisify(execFile)

test.beforeAll(async ({ browser }) => {
  network = await startNetwork({ hasSamples: false })
  tabs = [await joinIn(browser, network.url), await joinIn(browser, network.url)]
  folder = await mkdtemp(join(tmpdir(), 'weft-outputs-'))
  results = join(folder, 'results')
  for (const { name, bytes } of files) await writeFile(join(folder, name), bytes)
  const file = join(folder, 'manifest.json')
  await writeFile(file, manifest)
  const flags = ['--network', network.url, '--data', join(folder, 'data'), '--out', results, '--json']
  command = run(process.execPath, [COMMAND, 'publish', file, ...flags])
  command.catch(() => undefined) // the second story tells
})
test.afterAll(async () => {
  await leave(...(tabs ?? []))
  await network?.stop()
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

test('a tab that publishes it downloads a file for each output, and one with the digests of both', async ({
  browser,
}) => {
  const publisher = await makeVisitor(browser)
  const { page } = publisher
  await page.goto(`${network.url}/#/publish`)
  await expect(page.getByTestId('publish')).toBeVisible(PATIENCE)
  await fillIn(page, manifest, ...files)
  await publishFilled(page)
  await expect(page.getByTestId('download-digest')).toBeEnabled(PATIENCE)
  await expect(page.locator('[data-testid=providers] tbody tr')).toHaveCount(2)

  const found = new Map<string, Buffer>()
  for (const button of [
    page.locator('[data-output=square]'),
    page.locator('[data-output=log]'),
    page.getByTestId('download-digest'),
  ]) {
    const [event] = await Promise.all([page.waitForEvent('download'), button.click()])
    found.set(event.suggestedFilename(), await readFile(await event.path()))
  }
  expect(found).toEqual(new Map([...expected, ['squares-and-lines.sha256', Buffer.from(digests)]]))
  await expect(page.getByTestId('digest')).toHaveAttribute('data-digest', digestOf(Buffer.from(digests)))
  const { violations } = await new AxeBuilder({ page }).include('[aria-labelledby=result]').analyze()
  expect(violations).toEqual([])
  await leave(publisher)
})

test('weft publish writes the same files, which sha256sum finds whole', async () => {
  const { stdout } = await command
  const names = [...expected.keys(), 'squares-and-lines.sha256']
  const last: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  expect(last).toMatchObject({
    event: 'done',
    files: names.map((name) => join(results, name)),
    digest: digestOf(Buffer.from(digests)),
  })
  expect((await readdir(results)).sort()).toEqual([...names].sort())
  for (const [name, bytes] of expected) expect(await readFile(join(results, name))).toEqual(bytes)
  const check = await run('sha256sum', ['-c', 'squares-and-lines.sha256'], { cwd: results })
  expect(check.stdout).toBe([...expected.keys()].map((name) => `${name}: OK\n`).join(''))
})
