import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { balanceOf } from '../src/chain/chain.ts'
import { readJob } from '../src/chain/escrow/read-escrow.ts'
import type { Hex } from '../src/protocol/bytes.ts'
import { assemble, text } from '../src/worker/meter/assemble.ts'
import { fillIn, squareKernel, squareManifest, squares } from './support/network/job.ts'
import { readNodeJournal, recomputed, tally } from './support/network/journal.ts'
import type { NetworkProcess } from './support/network/process.ts'
import { COMMAND, startNetwork } from './support/network/process.ts'
import { begin, makeVisitor, PATIENCE, readAccount, setField } from './support/network/visitor.ts'

// `weft publish` as somebody would use it from a terminal, beside a network that runs.
test.describe.configure({ timeout: 180_000 })

const UNITS = 300
/** A kernel that asks for a socket, and what is said to it. */
const socketKernel = assemble({
  run: [0x42, 0],
  sections: { 2: [1, ...text('wasi_snapshot_preview1'), ...text('sock_send'), 0, 0] },
})
const SOCKET = 'The WASM module imports wasi_snapshot_preview1.sock_send (function), sockets are not offered'
const PRICE = '1000000000'
let network: NetworkProcess
let folder: string
let manifest: Record<string, unknown>

test.beforeAll(async () => {
  network = await startNetwork({ hasSamples: false })
  folder = await mkdtemp(join(tmpdir(), 'weft-publish-'))
  const job = { name: 'Squares of a terminal', units: UNITS, spin: 10_000_000, priceWei: PRICE }
  manifest = JSON.parse(squareManifest(job)) as Record<string, unknown>
  const [program] = manifest.programs as Record<string, unknown>[]
  manifest.programs = [{ ...program, code: { file: 'square.wasm' } }]
  await writeFile(join(folder, 'square.wasm'), squareKernel)
})
test.afterAll(async () => {
  await network?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('a publisher process that is killed in the middle goes on when the same command is given again', async ({
  browser,
}) => {
  const visitor = await makeVisitor(browser)
  await begin(visitor.page, network.url)
  await setField(visitor.page, 'throttle', '100')
  const first = await publish(manifest)
  await expect.poll(() => first.verified(), PATIENCE).toBeGreaterThan(UNITS / 5)
  await first.kill()
  const jobId = first.jobId()
  const data = join(folder, 'data')
  const before = tally(await readNodeJournal(data, jobId))
  expect(before.decided.size).toBeLessThan(UNITS)

  const second = await publish(manifest)
  expect(await second.code).toBe(0)
  expect(second.said()).toContain(`Going on with job ${jobId}`)
  const records = await readNodeJournal(data, jobId)
  expect(recomputed(before, records)).toEqual([])
  const payee = await readAccount(visitor.page, 'payee')
  const earned = BigInt(tally(records).accepted.get(payee) ?? 0) * BigInt(PRICE)
  expect(earned).toBe(BigInt(UNITS) * BigInt(PRICE))
  expect(await balanceOf(network.chain, payee)).toBe(earned)
  expect(await readJob(network.chain, jobId)).toMatchObject({ state: 'closed', committed: earned })
  const result = join(folder, 'results/squares-of-a-terminal.bin')
  expect(await readFile(result)).toEqual(squares(UNITS))
  await visitor.context.close()
})

test('a job that nobody runs is ended with --cancel, and all of it comes back', async () => {
  const lonely = { ...manifest, price: { replica: '3' } }
  const first = await publish(lonely)
  await expect.poll(() => first.said(), PATIENCE).toContain('"phase":"running"')
  await first.kill()
  const second = await publish(lonely, '--cancel')
  expect(await second.code, second.said()).toBe(0)
  expect(second.said()).toContain('"event":"cancelled"')
  const job = await readJob(network.chain, first.jobId())
  expect(job).toMatchObject({ state: 'closed', committed: 0n })
  expect(second.said()).toContain(`"refundedWei":"${job?.budget}"`)
  const third = await publish(lonely, '--cancel')
  expect(await third.code).toBe(1)
  expect(third.said()).toContain('there is no job of this manifest that has not ended')
})

test('a file that is not there is named with its field, and a comma too many with its line', async () => {
  const [program] = manifest.programs as Record<string, unknown>[]
  const programs = [{ ...program, code: { file: 'nowhere.wasm' } }]
  const lost = await publish({ ...manifest, programs })
  expect(await lost.code).toBe(2)
  expect(lost.said()).toContain('programs[0].code.file: the file ')
  const bent = await publish('{\n  "weft": 1,\n}')
  expect(await bent.code).toBe(2)
  expect(bent.said()).toContain('is not JSON in line 3')
})

test('a manifest with a fault ends the command with code 2 and the path of the field', async () => {
  const { code, said } = await publish({ ...manifest, price: { replica: '-1' } })
  expect(await code).toBe(2)
  expect(said()).toContain('price.replica')
})

test('a program that no provider would run ends the command with code 2, and nothing is opened', async () => {
  await writeFile(join(folder, 'socket.wasm'), socketKernel)
  const [program] = manifest.programs as Record<string, unknown>[]
  const publisher = await publish({ ...manifest, programs: [{ ...program, code: { file: 'socket.wasm' } }] })
  expect(await publisher.code).toBe(2)
  expect(publisher.said()).toContain(`programs[0].code: ${SOCKET}`)
  expect(publisher.jobId()).toBeUndefined()
})

test('on the page a program that no provider would run is told at its field before money is asked for', async ({
  browser,
}) => {
  const held = await balanceOf(network.chain, network.network.escrow)
  const visitor = await makeVisitor(browser)
  const { page } = visitor
  await page.goto(`${network.url}/#/publish`)
  const job = { name: 'Squares', units: 10, spin: 1, priceWei: PRICE }
  const isTold = async (message: string): Promise<void> => {
    const error = page.getByTestId('field-error')
    await expect(error).toContainText(message, PATIENCE)
    await expect(error).toHaveAttribute('data-path', 'programs[0].code')
    await expect(page.getByTestId('publish')).toBeDisabled()
    await expect(page.getByTestId('cost')).toBeHidden()
  }
  await fillIn(page, squareManifest(job), { name: 'socket.wasm', bytes: socketKernel })
  await isTold(SOCKET)
  await page.screenshot({ path: test.info().outputPath('socket.png'), fullPage: true })
  const buffers = [{ name: 'out', bytes: 4 }]
  const pass = { entry: 'main', bindings: [['out']], dispatch: [1] }
  const wgsl = squareManifest(job, { programs: [{ kind: 'wgsl', buffers, passes: [pass] }] })
  const shader = `@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(1) fn main() { out[0] = 1u; }`
  await fillIn(page, wgsl, { name: 'wrong.wgsl', bytes: new TextEncoder().encode(shader) })
  await isTold(
    'WGSL: out is at @group(0) @binding(1): "main" uses it, and the manifest binds no buffer there',
  )
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations).toEqual([])
  const right = new TextEncoder().encode(shader.replace('binding(1)', 'binding(0)'))
  await fillIn(page, wgsl, { name: 'right.wgsl', bytes: right })
  await expect(page.getByTestId('publish')).toBeEnabled(PATIENCE)
  await fillIn(page, squareManifest(job), { name: 'square.wasm', bytes: squareKernel })
  await expect(page.getByTestId('publish')).toBeEnabled(PATIENCE)
  await expect(page.getByTestId('field-error')).toBeHidden()
  expect(visitor.faults).toEqual([])
  expect(await balanceOf(network.chain, network.network.escrow)).toBe(held)
  await visitor.context.close()
})

/** Runs `weft publish` on a manifest, or on a text in the place of one. */
async function publish(value: unknown, ...more: string[]) {
  const file = join(folder, 'manifest.json')
  await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value))
  const flags = [
    '--network',
    network.url,
    '--data',
    join(folder, 'data'),
    '--out',
    join(folder, 'results'),
    '--json',
    ...more,
  ]
  const child = spawn(process.execPath, [COMMAND, 'publish', file, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
  const code = once(child, 'close').then(([exit]: unknown[]) => exit)
  return {
    code,
    said: () => text,
    verified: () => Number([...text.matchAll(/"verified":(\d+)/g)].at(-1)?.[1] ?? 0),
    jobId: () => /Published job (0x[0-9a-f]{64})/.exec(text)?.[1] as Hex,
    async kill() {
      child.kill('SIGKILL')
      await code
    },
  }
}
