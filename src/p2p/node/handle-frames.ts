import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { Failure, reason } from '../../protocol/failure.ts'
import type { FrameStream, FrameStreamOptions } from '../peer-node.ts'
import { openFrameStream } from '../stream/frame-stream.ts'

/** How streams of a protocol are taken. */
export type FrameHandler = {
  onStream(stream: FrameStream, connection: Connection): void | Promise<void>
  readonly options?: FrameStreamOptions | undefined
  readonly maxStreamsPerPeer: number
}

/** Takes incoming streams of a protocol on a libp2p node. A failure of the handler ends its stream and nothing else. */
export async function handleFrames(libp2p: Libp2p, protocol: string, handler: FrameHandler): Promise<void> {
  const { options, maxStreamsPerPeer } = handler
  const take = async (stream: Stream, connection: Connection): Promise<void> => {
    try {
      await handler.onStream(openFrameStream(stream, connection, options), connection)
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(reason(error)))
      if (!(error instanceof Failure)) throw error
    }
  }
  const limits = { maxInboundStreams: maxStreamsPerPeer, runOnLimitedConnection: true }
  await libp2p.handle(protocol, (...taken) => void take(...taken), limits)
}
