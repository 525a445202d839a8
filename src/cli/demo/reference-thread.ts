import { parentPort, workerData } from 'node:worker_threads'
import { referenceOf } from '../../kernels/reference.ts'
import { sampleJob } from '../../kernels/sample.ts'
import type { Manifest } from '../../protocol/manifest/manifest.ts'
import { unitCount } from '../../protocol/manifest/manifest.ts'
import { resultDigest } from '../../publisher/result.ts'
import type { ReferenceTask } from './reference-digest.ts'

/** The thread in which the plain reference computes a whole sample job; it answers with the digest of the result. */
const { name, index, priceWei } = workerData as ReferenceTask
const { manifest, blobs } = sampleJob(name, index, { priceWei })
const outputs = computeAll(manifest)
parentPort?.postMessage(resultDigest(manifest, outputs))

function computeAll(job: Manifest): Uint8Array[] {
  const inputs = new Map(job.inputs.map((input) => [input.name, blobs.get(input.cid) ?? new Uint8Array()]))
  const run = referenceOf(job, inputs)
  return Array.from({ length: unitCount(job) }, (_, unit) => run(unit))
}
