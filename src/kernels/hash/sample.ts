import type { SampleJob, SampleOptions } from '../job.ts'
import { jobOf } from '../standard/job.ts'
import { slicesOf } from '../standard/slices.ts'
import { hash, hashCode, hashText } from './meta.ts'

/** SHA-256 of many messages of the same length: job `index` has other messages. */
export function hashJob(index: number, { priceWei }: SampleOptions): SampleJob {
  const { messages, messageBytes } = hash
  const { inputs, units, piece, bytes } = slicesOf((messages * messageBytes) / 4, index)
  const outputBytes = 32 * messages
  return jobOf({
    name: 'Hash: SHA-256',
    purpose: 'Digests many messages of a kibibyte each by SHA-256, as for a tree of hashes.',
    inputs,
    wasm: {
      code: hashCode(),
      stdin: [{ u32: [messageBytes / 4, messages, 0, 0] }, piece],
      memoryPages: 4,
    },
    wgsl: {
      code: hashText(),
      buffers: [
        { name: 'message', usage: 'uniform', bytes: 4, init: [{ u32: [messageBytes / 4] }] },
        { name: 'input', bytes, init: [piece] },
        { name: 'digests', bytes: outputBytes },
      ],
      passes: [
        { entry: 'main', bindings: [['message', 'input', 'digests']], dispatch: [`ceil(${messages}/64)`] },
      ],
    },
    manifest: {
      units,
      outputs: [{ name: 'digests', type: 'u8', bytes: outputBytes }],
      limits: { fuel: 20_000_000, outputBytes },
    },
    priceWei,
  })
}
