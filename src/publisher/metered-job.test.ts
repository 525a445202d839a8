import { expect, test } from 'vitest'
import { balanceOf } from '../chain/chain.ts'
import { accountOf } from '../protocol/account.ts'
import { parseManifest } from '../protocol/manifest/manifest.ts'
import { replicaPrice } from '../protocol/manifest/price.ts'
import { packResult } from '../protocol/work/metered.ts'
import { openMemoryStore } from '../store/memory-store.ts'
import { loadInNode } from '../worker/node-kernel.ts'
import { chain, draft, expectSettled, publisher, Stage } from './test-stage.ts'

const UNITS = 6
/** Five wei for each instruction. */
const plain = draft(UNITS)
const metered = {
  ...plain,
  manifest: parseManifest({ ...plain.manifest, price: { megainstruction: '5000000' } }),
}
const source = {
  owner: accountOf(publisher),
  manifest: metered.manifest,
  executor: 'wasm' as const,
  code: [...plain.blobs.values()][0] ?? new Uint8Array(),
  inputs: new Map(),
}
const kernel = await loadInNode(source, new AbortController().signal)
const runs = await kernel.run(Array.from({ length: UNITS }, (_, unit) => unit))
kernel.close()

/** What an honest provider delivers, or one that claims `more` instructions than ran. */
const result =
  (more = 0) =>
  (unit: number): Uint8Array => {
    const run = runs[unit]
    if (run?.kind !== 'done' || run.fuel === undefined) throw new Error(`unit ${unit} did not run`)
    return packResult(metered.manifest, { output: run.output, fuel: run.fuel + more })
  }

test('instructions are paid by the count that replicas agree on, and who counts more is rejected', async () => {
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const jobId = await engine.publish(metered)
  const cheat = stage.connect(jobId, result(1_000))
  const guests = [1, 2].map(() => stage.connect(jobId, result()))
  await engine.over(jobId)
  expect(stage.announced[0]).toMatchObject({ price: replicaPrice(metered.manifest), rate: 5_000_000n })
  const [job] = engine.show().jobs
  if (job === undefined) throw new Error('no job')
  await expectSettled(job)
  const worth = runs.reduce((sum, run) => sum + (run.kind === 'done' ? BigInt(run.fuel ?? 0) * 5n : 0n), 0n)
  for (const { account } of guests) expect(await balanceOf(chain, account)).toBe(worth)
  expect(await balanceOf(chain, cheat.account)).toBe(0n)
  expect(job).toMatchObject({ claimed: worth * 2n, rejected: cheat.units.length })
  expect(job.payments.flatMap(({ units }) => units)).toHaveLength(UNITS * 2)
  stage.cut()
})
