// Sorts words by their digits, least first, eight bits at a time: on one thread that beats the network of comparisons that the
// GPU uses, and gives the same bytes. Vectors would not help: each word goes to a place of its own. Input: u32 1 for falling order,
// else 0, three more words, then the words to sort.
import { pair, place, placeAfter } from '../../kernel1/assembly/memory'

const counts = memory.data(256 * 4, 16)

export function alloc(size: i32): i32 {
  return place(size)
}

export function run(input: i32, size: i32): i64 {
  const bytes = size - 16, output = placeAfter(input + size, bytes)
  const flip: u32 = load<u32>(input) == 1 ? 0xffffffff : 0
  let from = input + 16, to = output
  for (let shift = 0; shift < 32; shift += 8) {
    pass(from, to, bytes, shift, flip)
    const last = from
    from = to
    to = last
  }
  return pair(from, bytes)
}

/** Orders the words by eight of their bits, which `flip` turns over. */
function pass(from: i32, to: i32, size: i32, shift: i32, flip: u32): void {
  memory.fill(counts, 0, 256 * 4)
  for (let at = from; at < from + size; at += 4) {
    const count = counts + 4 * (((load<u32>(at) ^ flip) >> shift) & 255)
    store<i32>(count, load<i32>(count) + 4)
  }
  let start = to
  for (let digit = 0; digit < 256; digit++) {
    const count = load<i32>(counts + 4 * digit)
    store<i32>(counts + 4 * digit, start)
    start += count
  }
  for (let at = from; at < from + size; at += 4) {
    const word = load<u32>(at), next = counts + 4 * (((word ^ flip) >> shift) & 255)
    store<u32>(load<i32>(next), word)
    store<i32>(next, load<i32>(next) + 4)
  }
}
