import { concat, fromHex } from '../../protocol/bytes.ts'
import { digestOf } from '../../protocol/digest.ts'
import { wordsOf } from '../standard/numbers.ts'

/** The kernel by the library that names everything else: the SHA-256 digest of each message. */
export function hashMessages(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const [words = 0, count = 0] = wordsOf(input.subarray(0, 8))
  const messages = Array.from({ length: count }, (_, index) =>
    input.subarray(16 + 4 * words * index, 16 + 4 * words * (index + 1)),
  )
  return concat(messages.map((message) => fromHex(`0x${digestOf(message)}`)))
}
