import { digestOf } from '../../protocol/digest.ts'
import { Failure } from '../../protocol/failure.ts'
import type { WorkMessage } from '../../protocol/work/message.ts'
import type { Job } from '../job.ts'
import type { Lease } from './lease-table.ts'

type Result = Extract<WorkMessage, { kind: 'result' }>

/**
 * Checks that a result answers its lease: the right job, signer and payee, no unit that was not leased, outputs of the right
 * size that have the signed digests. Throws `refused` or `oversized`, naming what does not fit.
 */
export function checkResult(
  { results, outputs, failed }: Result,
  lease: Lease,
  { job, size }: { readonly job: Job; readonly size: (unit: number) => number },
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
    if (output.length !== size(unit)) {
      throw new Failure('oversized', `Unit ${unit}: the output has ${output.length} bytes, not ${size(unit)}`)
    }
    if (digestOf(output) !== results.digests[place])
      throw refusal(lease, `the output of unit ${unit} has not the signed digest`)
  })
}

function refusal(lease: Lease, why: string): Failure {
  return new Failure('refused', `Result of lease ${lease.id}: ${why}`)
}
