/** The least that any such network must do: frames over a raw data channel, a worker, one hash for each frame. */

const UNITS = 256
const IN_FLIGHT = 4
const UNIT_WORDS = 16
const HEAD_BYTES = 4
const FRAME_BYTES = HEAD_BYTES + UNITS * UNIT_WORDS * 4
const DIGEST_BYTES = 32

type Peer = { readonly connection: RTCPeerConnection; readonly channel: RTCDataChannel }

/** The publisher's end of the bare loop. */
export class BarePublisher {
  readonly #peers: Peer[] = []

  /** Makes an offer to one more provider. */
  async offer(): Promise<string> {
    const connection = new RTCPeerConnection()
    const channel = connection.createDataChannel('bare')
    channel.binaryType = 'arraybuffer'
    this.#peers.push({ connection, channel })
    return await describe(connection, () => connection.createOffer())
  }

  /** Takes the answer of the provider that got the last offer, and waits until the channel is open. */
  async take(answer: string): Promise<void> {
    const peer = this.#peers.at(-1)
    if (peer === undefined) throw new Error('There is no offer to answer')
    const { connection, channel } = peer
    const opened = new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }))
    await connection.setRemoteDescription({ type: 'answer', sdp: answer })
    await opened
  }

  /** Has `units` units squared. Returns when each of them came back, in milliseconds of this page's clock. */
  async run(units: number): Promise<number[]> {
    const frames = Math.ceil(units / UNITS)
    const times: number[] = []
    let next = 0
    await new Promise<void>((resolve, reject) => {
      for (const { channel } of this.#peers) {
        const give = (): void => {
          if (next < frames) channel.send(makeFrame(next++))
        }
        channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
          try {
            check(data)
          } catch (error) {
            reject(error)
          }
          for (let unit = 0; unit < UNITS; unit += 1) times.push(performance.now())
          give()
          if (times.length >= frames * UNITS) resolve()
        }
        channel.onclose = () => reject(new Error('The data channel closed'))
        for (let frame = 0; frame < IN_FLIGHT; frame += 1) give()
      }
    })
    return times
  }
}

/** Answers an offer as a provider of the bare loop, and serves it from then on. */
export async function answerBare(offer: string): Promise<string> {
  const worker = new Worker(new URL('./bare-worker.ts', import.meta.url), { type: 'module' })
  const connection = new RTCPeerConnection()
  connection.ondatachannel = ({ channel }) => {
    channel.binaryType = 'arraybuffer'
    channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => worker.postMessage(data, [data])
    worker.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => channel.send(data)
  }
  await connection.setRemoteDescription({ type: 'offer', sdp: offer })
  return await describe(connection, () => connection.createAnswer())
}

/** The local description with all candidates in it. */
async function describe(
  connection: RTCPeerConnection,
  create: () => Promise<RTCSessionDescriptionInit>,
): Promise<string> {
  const gathered = new Promise<void>((resolve) => {
    connection.addEventListener('icegatheringstatechange', () => {
      if (connection.iceGatheringState === 'complete') resolve()
    })
  })
  await connection.setLocalDescription(await create())
  await gathered
  return connection.localDescription?.sdp ?? ''
}

function makeFrame(index: number): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(FRAME_BYTES)
  new DataView(frame.buffer).setUint32(0, index)
  new Uint32Array(frame.buffer, HEAD_BYTES).forEach((_, place, words) => {
    words[place] = index * words.length + place
  })
  return frame
}

/** Looks at the last word and the length: a frame that lost its way must not count. */
function check(reply: ArrayBuffer): void {
  if (reply.byteLength !== FRAME_BYTES + DIGEST_BYTES)
    throw new Error(`A frame of ${reply.byteLength} bytes came back`)
  const words = new Uint32Array(reply, HEAD_BYTES, UNITS * UNIT_WORDS)
  const last = (new DataView(reply).getUint32(0) + 1) * words.length - 1
  if (words.at(-1) !== Math.imul(last, last) >>> 0) throw new Error('A frame came back with wrong squares')
}
