import { expect, test } from 'vitest'
import { accountOf, makeKey } from '../protocol/account.ts'
import { digestOf } from '../protocol/digest.ts'
import { toWei } from '../protocol/wei.ts'
import { signResults } from '../protocol/work/result.ts'
import { openMemoryStore } from '../store/memory-store.ts'
import { packRecord } from '../store/record.ts'
import { testJob, testOutput } from './coordinate/test-provider.ts'
import type { JobRecord } from './job-record.ts'
import { packJobRecord, readJobRecords } from './job-record.ts'

const key = makeKey()
const job = testJob(3, { publisher: accountOf(key) })

async function roundTrip(record: JobRecord | Uint8Array): Promise<JobRecord[]> {
  const journal = openMemoryStore().journal('job')
  await journal.append(record instanceof Uint8Array ? record : packJobRecord(record))
  const found: JobRecord[] = []
  for await (const entry of readJobRecords(journal)) found.push(entry)
  return found
}

function results(): Extract<JobRecord, { kind: 'results' }> {
  const outputs = [testOutput(0), null, testOutput(2)]
  const digests = [0, 1, 2].map((unit) => digestOf(testOutput(unit)))
  const signed = { jobId: job.jobId, payee: job.opening.publisher, units: [0, 1, 2], digests }
  const evidence = { ...signed, account: accountOf(key), signature: signResults(signed, key) }
  return { kind: 'results', results: evidence, executor: 'wgsl', isOwn: false, outputs }
}

test.each<JobRecord>([
  { kind: 'opening', job },
  results(),
  { kind: 'disputed', unit: 7 },
  { kind: 'cancelled', why: '' },
  { kind: 'cancelled', why: 'Stopped: all 5 units that were tried failed. Unit 4 fails' },
  { kind: 'failures', counts: { trap: 3, wedged: 1 }, givenUp: 'Unit 7 fails', unfit: '' },
  { kind: 'topped-up', budget: toWei(9n) },
  { kind: 'closed', refund: toWei(3n), bond: toWei(4n), at: 5 },
])('a record of kind $kind comes back as it was', async (record) => {
  expect(await roundTrip(record)).toEqual([record])
})

test('a cancel that an earlier version wrote has no reason', async () => {
  expect(await roundTrip(packRecord('cancelled', {}))).toEqual([{ kind: 'cancelled', why: '' }])
})

test('a record of a kind that is not known is refused', async () => {
  await expect(roundTrip(packRecord('toString', {}))).rejects.toThrow(
    'A job\'s record of kind "toString" is not known to this version',
  )
})

test('a damaged record names its field', async () => {
  await expect(roundTrip(packRecord('disputed', { unit: -1 }))).rejects.toThrow('disputed.unit')
  await expect(roundTrip(packRecord('closed', { refund: 3, bond: '4', at: 5 }))).rejects.toThrow(
    'closed.refund',
  )
  const failures = { counts: { trap: 1 }, givenUp: '', unfit: '' }
  await expect(roundTrip(packRecord('failures', { ...failures, counts: { trap: -1 } }))).rejects.toThrow(
    'failures.counts.trap',
  )
  await expect(roundTrip(packRecord('failures', { ...failures, counts: { odd: 1 } }))).rejects.toThrow(
    'failures.counts.odd',
  )
})
