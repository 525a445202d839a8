import { digestOf } from '../../protocol/digest.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Wei } from '../../protocol/wei.ts'
import type { WorkMessage } from '../../protocol/work/message.ts'
import type { Job } from '../job.ts'
import type { Lease } from './lease-table.ts'

type Result = Extract<WorkMessage, { kind: 'result' }>

/** What a result is checked against: how a unit's result is checked, and what one is worth. */
type ResultRules = {
  readonly job: Job
  check(unit: number, result: Uint8Array): void
  worth(result: Uint8Array): Wei
}

/**
 * Checks that a result answers its lease: the right job, signer and payee, no unit that was not leased, outputs of the right
 * size that have the signed digests. Throws `refused`, `oversized` or `malformed`, naming what does not fit.
 */
export function checkResult(
  { results, outputs, failed }: Result,
  lease: Lease,
  { job, check, worth }: ResultRules,
): void {
  const { seat } = lease
  if (results.jobId !== job.jobId) throw refusal(lease, 'it is signed for another job')
  if (results.account !== seat.account)
    throw refusal(lease, `it is signed by ${results.account}, not by the peer`)
  if (results.payee !== seat.payee)
    throw refusal(lease, `it names the payee ${results.payee}, not the one of the hello`)
  const named = [...results.units, ...failed.map(({ unit }) => unit)]
  const leased = new Set(lease.units)
  const stranger = named.find((unit) => !leased.has(unit))
  if (stranger !== undefined) throw refusal(lease, `unit ${stranger} was not leased`)
  if (new Set(named).size < named.length) throw refusal(lease, 'it names a unit twice')
  results.units.forEach((unit, place) => {
    const output = outputs[place] ?? new Uint8Array()
    check(unit, output)
    worth(output)
    if (digestOf(output) !== results.digests[place])
      throw refusal(lease, `the output of unit ${unit} has not the signed digest`)
  })
}

function refusal(lease: Lease, why: string): Failure {
  return new Failure('refused', `Result of lease ${lease.id}: ${why}`)
}
