import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { balanceOf } from '../src/chain/chain.ts'
import { readJob } from '../src/chain/escrow/read-escrow.ts'
import type { Hex } from '../src/protocol/bytes.ts'
import { squareKernel, squareManifest, squares } from './support/network/job.ts'
import { readNodeJournal, recomputed, tally } from './support/network/journal.ts'
import type { NetworkProcess } from './support/network/process.ts'
import { COMMAND, startNetwork } from './support/network/process.ts'
import { begin, makeVisitor, PATIENCE, readAccount, setField } from './support/network/visitor.ts'

// `weft publish` as somebody would use it from a terminal, beside a network that runs.
test.describe.configure({ timeout: 180_000 })

const UNITS = 300
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

test('a manifest with a fault ends the command with code 2 and the path of the field', async () => {
  const { code, said } = await publish({ ...manifest, price: { replica: '-1' } })
  expect(await code).toBe(2)
  expect(said()).toContain('price.replica')
})

/** Runs `weft publish` on a manifest. */
async function publish(value: unknown) {
  const file = join(folder, 'manifest.json')
  await writeFile(file, JSON.stringify(value))
  const flags = [
    '--network',
    network.url,
    '--data',
    join(folder, 'data'),
    '--out',
    join(folder, 'results'),
    '--json',
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
