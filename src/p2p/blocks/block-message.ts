import type { Digest } from '../../protocol/bytes.ts'
import { concat, fromHex, toDigits } from '../../protocol/bytes.ts'
import { malformed } from '../../protocol/failure.ts'
import { at, readBytes, readInteger, readRecord } from '../../protocol/read.ts'

/** The protocol by which bytes are fetched by their digest, in blocks. */
export const BLOCKS_PROTOCOL = '/weft/blocks/1'
export const BLOCK_BYTES = 256 * 1024
/** The most blocks that one request may ask for. */
const MAX_BLOCKS_PER_GET = 16
const MAX_BLOB_BYTES = 2 ** 34

/**
 * LIST (a digest) is answered by LISTED (size and digests of the blocks), GET (a blob and blocks of it) by as many BLOCK
 * (bytes) in the same order; REFUSED (a sentence) ends either.
 */
export const BLOCK_FRAME = { list: 1, get: 2, listed: 16, block: 17, refused: 18 } as const

/** The blocks of a blob: all of `BLOCK_BYTES` but the last. */
export type BlockList = { readonly size: number; readonly blocks: readonly Digest[] }
export type BlockRequest = { readonly blob: Digest; readonly blocks: readonly Digest[] }

/** The number of blocks of a blob. */
function blockCount(size: number): number {
  return Math.ceil(size / BLOCK_BYTES)
}

/** The bytes that block `index` of a blob must have. */
export function blockBytes(size: number, index: number): number {
  return Math.min(BLOCK_BYTES, size - index * BLOCK_BYTES)
}

export function packList({ size, blocks }: BlockList): unknown {
  return { size, blocks: packDigests(blocks) }
}

/** Reads the answer to LIST. Throws `malformed`. */
export function readBlockList(body: unknown): BlockList {
  const record = readRecord(body, 'listed', ['size', 'blocks'])
  const size = readInteger(record.size, 'listed.size', [0, MAX_BLOB_BYTES])
  const blocks = readDigests(record.blocks, 'listed.blocks')
  if (blocks.length !== blockCount(size))
    throw malformed('listed.blocks', `${blockCount(size)} digests for ${size} bytes`, blocks.length)
  return { size, blocks }
}

export function packRequest({ blob, blocks }: BlockRequest): unknown {
  return { blob: fromHex(blob), blocks: packDigests(blocks) }
}

/** Reads a GET. Throws `malformed`. */
export function readRequest(body: unknown): BlockRequest {
  const record = readRecord(body, 'get', ['blob', 'blocks'])
  const blob = toDigits(readBytes(record.blob, 'get.blob', 32)) as Digest
  const blocks = readDigests(record.blocks, at('get', 'blocks'))
  if (blocks.length > MAX_BLOCKS_PER_GET)
    throw malformed('get.blocks', `at most ${MAX_BLOCKS_PER_GET} digests`, blocks.length)
  return { blob, blocks }
}

function packDigests(digests: readonly Digest[]): Uint8Array {
  return concat(digests.map((digest) => fromHex(digest)))
}

function readDigests(value: unknown, path: string): Digest[] {
  const bytes = readBytes(value, path, [0, 32 * blockCount(MAX_BLOB_BYTES)])
  if (bytes.length % 32 !== 0) throw malformed(path, 'digests of 32 bytes each', bytes)
  const digests: Digest[] = []
  for (let i = 0; i < bytes.length; i += 32) digests.push(toDigits(bytes.subarray(i, i + 32)) as Digest)
  return digests
}
