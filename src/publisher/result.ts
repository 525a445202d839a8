import { createImage, placeTile, toRgba } from '../kernels/image.ts'
import { encodePng } from '../kernels/png.ts'
import type { Digest } from '../protocol/bytes.ts'
import { concat } from '../protocol/bytes.ts'
import { digestOf } from '../protocol/digest.ts'
import { Failure } from '../protocol/failure.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { splitOutputs } from '../protocol/manifest/outputs.ts'
import type { JobResult, ResultFile } from './state.ts'

/**
 * What each output of the job becomes over all units: its bytes joined in unit order, or the pixels of the image. Throws
 * `refused` while units are missing.
 */
function reduceOutputs(manifest: Manifest, outputs: readonly (Uint8Array | undefined)[]): Uint8Array[] {
  const present = outputs.filter((output) => output !== undefined)
  if (present.length < outputs.length) {
    throw new Failure(
      'refused',
      `${outputs.length - present.length} of ${outputs.length} units have no accepted output`,
    )
  }
  const { reduce } = manifest
  if (reduce.kind === 'concat') {
    const units = present.map((output) => splitOutputs(output, manifest.outputs.length))
    return manifest.outputs.map((_, index) => concat(units.flatMap((parts) => parts.slice(index, index + 1))))
  }
  const image = createImage(reduce, manifest)
  for (const [unit, output] of present.entries()) placeTile(image, unit, output)
  return [new Uint8Array(toRgba(image).buffer)]
}

/**
 * The digest of a job's result. Of a job with one output it is that of the reduced bytes, before they are packed into a file;
 * with several it is that of the digest file, which names the digest of each of them.
 */
export function resultDigest(manifest: Manifest, outputs: readonly (Uint8Array | undefined)[]): Digest {
  return digestOfReduced(manifest, reduceOutputs(manifest, outputs))
}

/**
 * Packs a job's result for saving: an image as PNG, anything else as it is, a file for each output. The digest file names
 * the SHA-256 of every file, as `sha256sum -c` reads it.
 */
export async function packResult(
  manifest: Manifest,
  outputs: readonly (Uint8Array | undefined)[],
): Promise<JobResult> {
  const reduced = reduceOutputs(manifest, outputs)
  const files = nameFiles(manifest, await Promise.all(reduced.map((bytes) => packFile(manifest, bytes))))
  const [first, ...more] = files.map(({ name }) => name)
  const digestFile = {
    name: `${more.length > 0 ? stemOf(manifest) : first}.sha256`,
    bytes: listDigests(files),
  }
  return { files, digest: digestOfReduced(manifest, reduced), digestFile }
}

async function packFile({ reduce }: Manifest, bytes: Uint8Array): Promise<Uint8Array> {
  return reduce.kind === 'image' ? await encodePng(reduce.width, reduce.height, bytes) : bytes
}

function digestOfReduced(manifest: Manifest, reduced: readonly Uint8Array[]): Digest {
  const [first, ...more] = reduced
  if (first !== undefined && more.length === 0) return digestOf(first)
  return digestOf(listDigests(nameFiles(manifest, reduced)))
}

/** Gives the bytes of each output the name of its file. */
function nameFiles(manifest: Manifest, all: readonly Uint8Array[]): ResultFile[] {
  const ending = manifest.reduce.kind === 'image' ? 'png' : 'bin'
  return all.map((bytes, index) => {
    const output = all.length > 1 ? `-${manifest.outputs[index]?.name}` : ''
    return { name: `${stemOf(manifest)}${output}.${ending}`, bytes }
  })
}

function stemOf({ app }: Manifest): string {
  const words = app.name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return words.replace(/^-|-$/g, '') || 'result'
}

/** What is in the digest file. */
function listDigests(files: readonly ResultFile[]): Uint8Array {
  const lines = files.map(({ name, bytes }) => `${digestOf(bytes)}  ${name}\n`)
  return new TextEncoder().encode(lines.join(''))
}
