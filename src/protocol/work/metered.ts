import { concat } from '../bytes.ts'
import { Failure, malformed } from '../failure.ts'
import type { Priced } from '../manifest/price.ts'
import { priceOfFuel, rateOf, replicaPrice } from '../manifest/price.ts'
import type { Wei } from '../wei.ts'

/** What a unit came to: its output and, of WASM, the exact number of its instructions. */
type Ran = { readonly output: Uint8Array<ArrayBuffer>; readonly fuel?: number }

const COUNT_BYTES = 8

/** The bytes that stand before the output in a result: 8 where instructions are paid, none otherwise. */
export function countBytes(job: Pick<Priced, 'price'>): number {
  return rateOf(job).rate === undefined ? 0 : COUNT_BYTES
}

/**
 * The bytes of a result as they are signed, sent and judged. Where instructions are paid their number stands before the
 * output (u64, little-endian), so that replicas agree on it like on the output, and nobody is paid for a number of its own.
 */
export function packResult(job: Pick<Priced, 'price'>, { output, fuel }: Ran): Uint8Array<ArrayBuffer> {
  if (countBytes(job) === 0) return output
  if (fuel === undefined)
    throw new Failure('unsupported', 'The executor did not count the instructions that the job pays for')
  const count = new DataView(new ArrayBuffer(COUNT_BYTES))
  count.setBigUint64(0, BigInt(fuel), true)
  return concat([new Uint8Array(count.buffer), output])
}

/** The output in the bytes of a result. */
export function outputOf(job: Pick<Priced, 'price'>, result: Uint8Array): Uint8Array {
  return result.subarray(countBytes(job))
}

/** Tells what results of a job earn when they are accepted. Throws `malformed` for one that counts more instructions than allowed. */
export function pricing(job: Priced): (result: Uint8Array) => Wei {
  const most = replicaPrice(job)
  const { rate } = rateOf(job)
  if (rate === undefined) return () => most
  const { fuel } = job.limits
  return (result) => {
    if (result.length < COUNT_BYTES)
      throw malformed('result', 'the number of instructions in 8 bytes', result)
    const count = new DataView(result.buffer, result.byteOffset).getBigUint64(0, true)
    if (count > BigInt(fuel)) throw malformed('result', `at most limits.fuel, ${fuel} instructions`, count)
    return priceOfFuel(rate, count)
  }
}
