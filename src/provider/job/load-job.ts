import type { BlockSource } from '../../p2p/blocks/block-source.ts'
import type { BlockCache } from '../../p2p/blocks/fetch-blob.ts'
import { fetchBlob, fetchUpTo } from '../../p2p/blocks/fetch-blob.ts'
import type { Announcement } from '../../protocol/announcement.ts'
import { malformed } from '../../protocol/failure.ts'
import type { Manifest } from '../../protocol/manifest/manifest.ts'
import { decodeManifest, MAX_MANIFEST_BYTES } from '../../protocol/manifest/manifest.ts'
import { rateOf, replicaPrice } from '../../protocol/manifest/price.ts'
import type { KernelSource } from '../../worker/executor.ts'

export type LoadFrom = {
  readonly source: BlockSource
  readonly cache: BlockCache
  readonly signal: AbortSignal
}

/** Fetches a job's manifest from its publisher. Throws `malformed` when it is not what the announcement names. */
export async function loadManifest(
  said: Announcement,
  { source, cache, signal }: LoadFrom,
): Promise<Manifest> {
  const { manifest: digest } = said.opening
  const wanted = { digest, maxBytes: MAX_MANIFEST_BYTES }
  const manifest = decodeManifest(await fetchUpTo(source, wanted, { cache, signal }))
  const price = replicaPrice(manifest)
  if (price !== said.price)
    throw malformed('price', `the announced ${said.price} wei for a result at most`, price)
  const { rate } = rateOf(manifest)
  if (rate !== said.rate)
    throw malformed('price.megainstruction', `the announced ${said.rate ?? 'none'}`, rate ?? 'none')
  return manifest
}

/** Fetches the code and the inputs of one program of a job. Throws `unsupported` when the job has no such program. */
export async function loadKernelSource(
  { manifest, executor, owner }: Pick<KernelSource, 'manifest' | 'executor' | 'owner'>,
  from: LoadFrom,
): Promise<KernelSource> {
  const program = manifest.programs.find(({ kind }) => kind === executor)
  if (program === undefined) throw malformed('programs', `a program for ${executor}`)
  const get = (wanted: { cid: typeof program.code.cid; bytes: number }): Promise<Uint8Array> =>
    fetchBlob(from.source, wanted, from)
  const code = await get(program.code)
  const inputs = new Map<string, Uint8Array>()
  for (const input of manifest.inputs) inputs.set(input.name, await get(input))
  return { owner, manifest, executor, code, inputs }
}
