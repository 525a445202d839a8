import { accountOf, makeKey } from '../../protocol/account.ts'
import { digestOf } from '../../protocol/digest.ts'
import { signResults } from '../../protocol/work/result.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import type { Journal } from '../../store/store.ts'
import { readJobRecords } from '../job-record.ts'
import type { CoordinatorEvent } from './coordinator.ts'
import { Coordinator } from './coordinator.ts'
import { TestProvider, testJob, testOutput } from './test-provider.ts'

const ownKey = makeKey()
export const publisher = accountOf(ownKey)
export const wrong = (): Uint8Array => new Uint8Array(64).fill(9)

export function setUp(units: number, { budget, journal }: { budget?: bigint; journal?: Journal } = {}) {
  const job = testJob(units, budget === undefined ? { publisher } : { publisher, budget })
  const store = openMemoryStore()
  const clock = { nowMs: 0 }
  const events: CoordinatorEvent[] = []
  const kept = journal ?? store.journal('job')
  const coordinator = new Coordinator(job, {
    journal: kept,
    nowMs: () => clock.nowMs,
    report: (event) => void events.push(event),
  })
  const provider = (): TestProvider => new TestProvider({ jobId: job.jobId, nowMs: clock.nowMs })
  return { job, store, kept, clock, events, coordinator, provider }
}

/** The results of units as the publisher itself would sign them. */
export function ownResults(jobId: `0x${string}`, units: readonly number[], output = testOutput) {
  const outputs = units.map((unit) => output(unit))
  const results = { jobId, payee: publisher, units, digests: outputs.map(digestOf) }
  return { results: { ...results, account: publisher, signature: signResults(results, ownKey) }, outputs }
}

export async function replayed(kept: Journal, units: number): Promise<Coordinator> {
  const { coordinator } = setUp(units)
  for await (const record of readJobRecords(kept)) coordinator.replay(record)
  return coordinator
}
