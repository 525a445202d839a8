import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from '@playwright/test'
import { balanceOf } from '../../src/chain/chain.ts'
import type { Address } from '../../src/protocol/address.ts'
import { readAddress } from '../../src/protocol/address.ts'
import { parseManifest } from '../../src/protocol/manifest/manifest.ts'
import { squareDraft } from '../support/network/job.ts'
import { startPublisher } from '../support/network/node-publisher.ts'
import type { NetworkProcess } from '../support/network/process.ts'
import { COMMAND, dropDataFolder, makeDataFolder, startNetwork } from '../support/network/process.ts'
import { PATIENCE } from '../support/network/visitor.ts'

// `weft provide` in a process of its own, and a job that pays by the instruction.
test.describe.configure({ mode: 'serial', timeout: 180_000 })

let network: NetworkProcess
let folder: string
test.beforeAll(async () => {
  network = await startNetwork({ hasSamples: false })
  folder = await makeDataFolder()
})
test.afterAll(async () => {
  await network?.stop()
  await dropDataFolder(folder)
})

test('the command provides like a tab, is paid for its instructions, stops on Ctrl-C and keeps its account', async () => {
  const publisher = await startPublisher(network)
  try {
    const draft = squareDraft({ name: 'Counted squares', units: 40, spin: 1_000, priceWei: '1' })
    const price = { megainstruction: '1000000000' }
    const manifest = parseManifest({ ...draft.manifest, price })
    const first = await provide()
    const jobId = await publisher.engine.publish({ ...draft, manifest })
    await publisher.engine.over(jobId)
    const job = publisher.job(jobId)
    expect(job).toMatchObject({ phase: 'closed', counts: { paid: 40 } })
    const earned = await balanceOf(network.chain, first.payee)
    expect(earned).toBe(job.claimed)
    expect(earned % 40n).toBe(0n) // every unit takes the same instructions
    expect(earned).toBeGreaterThan(40n * 1_000_000n) // a thousand turns of its loop are more than 1000 instructions
    expect(earned).toBeLessThan(job.budget / 2n)
    await expect.poll(() => first.last().accepted, PATIENCE).toBe(40)
    expect(await first.stop()).toBe(0)
    const again = await provide()
    expect(again.payee).toBe(first.payee)
    expect(await again.stop()).toBe(0)
  } finally {
    await publisher.stop()
  }
})

test('what is wrong is said in one line with the way out', async () => {
  const nowhere = await said(['--network', 'http://127.0.0.1:9', '--data', folder])
  expect(nowhere).toContain('weft: There is no network at http://127.0.0.1:9')
  expect(await said(['--cpu', '500'])).toContain('Give a whole number from 5 to 100.')
  expect(await said(['--payee', '0x12'])).toContain('--payee')
})

/** Starts the command and waits until it provides. */
async function provide() {
  const flags = ['--network', network.url, '--data', folder, '--cpu', '100', '--no-make-room', '--json']
  const child = start([...flags, '--battery', '--no-browser-sandbox'])
  const ended = once(child, 'exit')
  let latest: unknown
  const payee = await new Promise<Address>((resolve, reject) => {
    ended.then(([code]) => reject(new Error(`weft provide ended with ${code}: ${errors.join('')}`)))
    const errors: string[] = []
    child.stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text))
    if (child.stdout === null) throw new Error('the command has no pipe')
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as { event: string; payee?: unknown }
      if (event.event === 'state') latest = event
      if (event.event === 'ready') resolve(readAddress(event.payee, 'payee'))
    })
  })
  return {
    payee,
    last: () => latest as { accepted: number },
    stop: async () => {
      child.kill('SIGINT')
      const [code] = await ended
      return code
    },
  }
}

async function said(flags: readonly string[]): Promise<string> {
  const child = start(flags)
  const errors: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text))
  await once(child, 'exit')
  return errors.join('')
}

function start(flags: readonly string[]): ChildProcess {
  return spawn(process.execPath, [COMMAND, 'provide', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
}
