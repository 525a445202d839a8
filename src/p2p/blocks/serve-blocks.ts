import type { Digest } from '../../protocol/bytes.ts'
import { readDigestBytes } from '../../protocol/digest.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Frame } from '../../protocol/frame.ts'
import type { Budget, FrameStream, PeerNode } from '../peer-node.ts'
import { BLOCK_FRAME, BLOCKS_PROTOCOL, packList, readRequest } from './block-message.ts'
import { BlockShelf } from './block-shelf.ts'

/** Requests are small and each is worth up to 4 MiB of answers, which the connection itself slows down. */
const BUDGET: Budget = { framesPerSecond: 400, bytesPerSecond: 512 * 1024, burstSeconds: 5 }

/**
 * Serves blocks to whoever asks, for as long as the node lives. `read` gives whole blobs by their digest; where it knows
 * single blocks by theirs, these are served too.
 */
export async function serveBlocks(
  node: Pick<PeerNode, 'handle'>,
  read: (digest: Digest) => Promise<Uint8Array | undefined>,
  budget = BUDGET,
): Promise<void> {
  const shelf = new BlockShelf(read)
  const serve = async (stream: FrameStream) => {
    for await (const frame of stream.frames) await answer(stream, shelf, frame)
  }
  await node.handle(BLOCKS_PROTOCOL, serve, { budget })
}

async function answer(stream: FrameStream, shelf: BlockShelf, { type, request, body }: Frame): Promise<void> {
  if (type === BLOCK_FRAME.list) {
    const blob = readDigestBytes(body, 'list')
    const list = await shelf.list(blob)
    if (list === undefined) refuse(stream, request, `blob ${blob} is not here`)
    else stream.send({ type: BLOCK_FRAME.listed, request, body: packList(list) })
  } else if (type === BLOCK_FRAME.get) {
    const { blob, blocks } = readRequest(body)
    for (const block of blocks) {
      const bytes = await shelf.block(blob, block)
      if (bytes === undefined) return refuse(stream, request, `block ${block} of blob ${blob} is not here`)
      if (!stream.send({ type: BLOCK_FRAME.block, request, body: bytes })) return
      await stream.drained()
    }
  } else {
    throw new Failure('malformed', `blocks frame: type ${type} is neither list nor get`)
  }
}

function refuse(stream: FrameStream, request: number, body: string): void {
  stream.send({ type: BLOCK_FRAME.refused, request, body })
}
