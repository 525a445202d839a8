import { createImage, placeTile, toRgba } from '../kernels/image.ts'
import { encodePng } from '../kernels/png.ts'
import type { Digest } from '../protocol/bytes.ts'
import { concat } from '../protocol/bytes.ts'
import { digestOf } from '../protocol/digest.ts'
import { Failure } from '../protocol/failure.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import type { JobResult } from './state.ts'

/** The bytes that the outputs of all units become: joined in unit order, or the pixels of the image. Throws `refused` while units are missing. */
function reduceOutputs(manifest: Manifest, outputs: readonly (Uint8Array | undefined)[]): Uint8Array {
  const present = outputs.filter((output) => output !== undefined)
  if (present.length < outputs.length) {
    throw new Failure(
      'refused',
      `${outputs.length - present.length} of ${outputs.length} units have no accepted output`,
    )
  }
  const { reduce } = manifest
  if (reduce.kind === 'concat') return concat(present)
  const image = createImage(reduce, manifest)
  for (const [unit, output] of present.entries()) placeTile(image, unit, output)
  return new Uint8Array(toRgba(image).buffer)
}

/** The digest of a job's result: of the reduced bytes, before they are packed into a file. */
export function resultDigest(manifest: Manifest, outputs: readonly (Uint8Array | undefined)[]): Digest {
  return digestOf(reduceOutputs(manifest, outputs))
}

/** Packs a job's result for saving: an image as PNG, anything else as it is. The digest file names the file's own SHA-256. */
export async function packResult(
  manifest: Manifest,
  outputs: readonly (Uint8Array | undefined)[],
): Promise<JobResult> {
  const { reduce, app } = manifest
  const reduced = reduceOutputs(manifest, outputs)
  const stem =
    app.name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'result'
  const isImage = reduce.kind === 'image'
  const bytes = isImage ? await encodePng(reduce.width, reduce.height, reduced) : reduced
  const fileName = `${stem}.${isImage ? 'png' : 'bin'}`
  return { fileName, bytes, digest: digestOf(reduced), digestFile: `${digestOf(bytes)}  ${fileName}\n` }
}
