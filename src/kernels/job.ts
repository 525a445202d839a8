import type { Cid } from '../protocol/cid.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { parseManifest } from '../protocol/manifest/manifest.ts'
import type { Named } from './code.ts'

/** A job with everything that its manifest names: code and inputs by their CIDs. */
export type SampleJob = { readonly manifest: Manifest; readonly blobs: ReadonlyMap<Cid, Uint8Array> }
/** `priceWei` is paid for each accepted replica, as decimal digits; `units` is how many units `square` has. */
export type SampleOptions = { readonly priceWei: string; readonly units?: number }

/** Reads the manifest of a sample as any other, and puts its blobs beside it. Throws `malformed`. */
export function finishJob(manifest: unknown, blobs: readonly Named[]): SampleJob {
  return { manifest: parseManifest(manifest), blobs: new Map(blobs.map(({ cid, bytes }) => [cid, bytes])) }
}
