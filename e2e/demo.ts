import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import type { DemoSummary } from '../src/cli/demo/summary.ts'

const MINUTES = 60_000

test('the demo verifies and pays both sample jobs, and the cheater gets nothing', async () => {
  test.setTimeout(8 * MINUTES)
  const out = join(tmpdir(), `weft-demo-story-${process.pid}`)
  const { code, last } = await runDemo(['--json', '--tabs', '3', '--out', out])
  const summary = JSON.parse(last) as DemoSummary

  expect(summary.faults ?? []).toEqual([])
  expect(summary.ok).toBe(true)
  expect(code).toBe(0)
  for (const job of summary.jobs) {
    expect(job.verified).toBe(job.units)
    expect(job.digest).toBe(job.expectedDigest)
    expect(await isPng(job.file)).toBe(true)
  }
  const honest = summary.providers.filter(({ cheater }) => !cheater)
  expect(honest).toHaveLength(3)
  for (const provider of honest) {
    const units = Object.values(provider.unitsByJob).reduce((sum, count) => sum + count, 0)
    expect(BigInt(provider.onChainWei)).toBe(BigInt(units) * BigInt(summary.jobs[0]?.priceWei ?? 0))
    expect(provider.promisedWei).toBe(provider.onChainWei)
  }
  const { budgetWei, claimedWei, refundedWei, bondWei, bondReturnedWei } = summary.escrow
  expect(BigInt(claimedWei) + BigInt(refundedWei)).toBe(BigInt(budgetWei))
  expect(bondReturnedWei).toBe(bondWei)
  expect(summary.providers.find(({ cheater }) => cheater)?.onChainWei).toBe('0')
  const fractal = summary.jobs.find(({ name }) => name === 'fractal')
  expect(fractal?.executors.wgsl).toBeGreaterThan(0)
  expect(fractal?.executors.wasm).toBeGreaterThan(0)
  await rm(out, { recursive: true, force: true })
})

function runDemo(args: readonly string[]): Promise<{ code: number | null; last: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['dist/node/weft.js', 'demo', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString()
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, last: text.trimEnd().split('\n').at(-1) ?? '' }))
  })
}

async function isPng(file: string): Promise<boolean> {
  const head = (await readFile(file)).subarray(1, 4).toString('latin1')
  return head === 'PNG'
}
