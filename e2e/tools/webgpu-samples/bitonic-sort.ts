import { splitOutputs } from '../../../src/protocol/manifest/outputs.ts'
import type { Sample } from './sample.ts'
import { randomOf } from './sample.ts'

const [COUNT, WORKGROUP] = [4096, 256]
const random = randomOf(5)
const numbers = Uint32Array.from({ length: COUNT }, () => Math.floor(random() * 10_000))

/** The height of the blocks in a step of the sort, and whether they are too high for one workgroup. */
const height = 'pow(2, $iteration + 1 - $step)'
const isGlobal = `min(1, max(0, ${height} - ${2 * WORKGROUP}))`

/** Sorts 4096 numbers: steps within workgroups and across them, each told by a uniform that is filled anew. */
export const bitonicSort: Sample = {
  path: 'sample/bitonicSort/bitonicCompute.ts',
  textOf(file) {
    const [, text = ''] = /return `([\s\S]*?)`;/.exec(file) ?? []
    return text
      .replaceAll('$' + '{workgroupSize * 2}', String(2 * WORKGROUP))
      .replaceAll('$' + '{workgroupSize}', String(WORKGROUP))
  },
  program: {
    buffers: [
      { name: 'elements', bytes: 4 * COUNT, init: [{ input: 'data' }] },
      { name: 'sorted', bytes: 4 * COUNT },
      {
        name: 'settings',
        usage: 'uniform',
        bytes: 16,
        init: [{ f32: [64, 64] }, { u32: [`1 + min(1, $step) + 2 * ${isGlobal}`, height] }],
      },
      { name: 'swaps', bytes: 4 },
    ],
    passes: [
      {
        repeat: Math.log2(COUNT),
        passes: [
          {
            entry: 'computeMain',
            bindings: [['elements', 'sorted', 'settings', 'swaps']],
            dispatch: [COUNT / 2 / WORKGROUP],
            repeat: '$iteration + 1',
            copy: [['sorted', 'elements']],
          },
        ],
      },
    ],
  },
  outputs: [
    { name: 'sorted', type: 'u32', bytes: 4 * COUNT },
    { name: 'swaps', type: 'u32', bytes: 4 },
  ],
  input: new Uint8Array(numbers.buffer),
  problemOf(output) {
    const [sorted = new Uint8Array(), swaps = new Uint8Array(4)] = splitOutputs(output, 2)
    const words = new Uint32Array(sorted.slice().buffer)
    const expected = sortInSteps()
    const wrong = expected.sorted.findIndex((value, place) => words[place] !== value)
    if (wrong >= 0) return `number ${wrong} is ${words[wrong]}, not ${expected.sorted[wrong]}`
    const [count] = new Uint32Array(swaps.slice().buffer)
    return count === expected.swaps ? undefined : `${count} swaps were counted, not ${expected.swaps}`
  },
}

/** Sorts in the same steps, to count the swaps within workgroups; that the end is sorted is checked by itself. */
function sortInSteps(): { sorted: Uint32Array; swaps: number } {
  const list = numbers.slice()
  let swaps = 0
  for (let top = 2; top <= COUNT; top *= 2) {
    for (let blocks = top; blocks >= 2; blocks /= 2) {
      for (let pair = 0; pair < COUNT / 2; pair += 1) {
        const [half, start] = [blocks / 2, Math.floor((2 * pair) / blocks) * blocks]
        const low = start + (pair % half)
        const high = blocks === top ? start + blocks - (pair % half) - 1 : low + half
        const [a = 0, b = 0] = [list[low], list[high]]
        if (b >= a) continue
        list[low] = b
        list[high] = a
        if (blocks <= 2 * WORKGROUP) swaps += 1
      }
    }
  }
  const sorted = numbers.slice().sort()
  if (sorted.some((value, place) => value !== list[place])) throw new Error('the reference does not sort')
  return { sorted, swaps }
}

/** The kernel that sets the counter of swaps back. */
export const resetCounter: Sample = {
  path: 'sample/bitonicSort/atomicToZero.wgsl',
  program: {
    buffers: [{ name: 'counter', bytes: 8, init: [{ u32: ['$i + 100', '$i'] }] }],
    passes: [
      { entry: 'atomicToZero', bindings: [['counter', 'counter', 'counter', 'counter']], dispatch: [1] },
    ],
  },
  outputs: [{ name: 'counter', type: 'u32', bytes: 8 }],
  input: new Uint8Array(4),
  problemOf(output) {
    const words = [...new Uint32Array(output.buffer)]
    return words.join() === '0,7'
      ? undefined
      : `the counter and the word behind it are ${words.join()}, not 0,7`
  },
}
