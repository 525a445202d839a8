/** The worker of the bare loop: squares the words of a frame and hashes it once. */
addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => void answer(data))

const HEAD_BYTES = 4
const DIGEST_BYTES = 32

async function answer(frame: ArrayBuffer): Promise<void> {
  const words = new Uint32Array(frame, HEAD_BYTES)
  for (let place = 0; place < words.length; place += 1) {
    const word = words[place] ?? 0
    words[place] = Math.imul(word, word)
  }
  const reply = new Uint8Array(frame.byteLength + DIGEST_BYTES)
  reply.set(new Uint8Array(frame))
  reply.set(new Uint8Array(await crypto.subtle.digest('SHA-256', words)), frame.byteLength)
  self.postMessage(reply.buffer, { transfer: [reply.buffer] })
}
