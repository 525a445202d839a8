import { Worker } from 'node:worker_threads'
import type { SampleName } from '../../kernels/sample.ts'
import type { Digest } from '../../protocol/bytes.ts'
import { readDigest } from '../../protocol/digest.ts'

/** Which sample job the reference computes. */
export type ReferenceTask = { readonly name: SampleName; readonly index: number; readonly priceWei: string }

/** Computes the digest of a sample job's result by the plain reference, in a thread of its own. */
export function referenceDigest(task: ReferenceTask): Promise<Digest> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./reference-thread.js', import.meta.url), { workerData: task })
    thread.once('message', (digest) => resolve(readDigest(digest, 'reference')))
    thread.once('error', reject)
  })
}
