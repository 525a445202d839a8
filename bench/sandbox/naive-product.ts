import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import asc from 'assemblyscript/asc'

/** The product as a first program writes it: three loops, numbers fetched by a checked function, built without optimizing. */
const SOURCE = `
import { pair, place, placeAfter } from './src/kernels/kernel1/assembly/memory'
export function alloc(size: i32): i32 { return place(size) }
function at(numbers: i32, side: i32, row: i32, column: i32): u32 {
  if (row < 0 || row >= side || column < 0 || column >= side) unreachable()
  return load<u32>(numbers + 4 * (row * side + column))
}
export function run(input: i32, size: i32): i64 {
  const side = load<i32>(input), turns = load<u32>(input, 4), numbers = input + 16
  const output = placeAfter(input + size, 4 * side * side)
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      let sum: u32 = 0
      for (let k = 0; k < side; k++) sum += at(numbers, side, row, k) * at(numbers, side, k, column)
      store<u32>(output + 4 * (row * side + column), sum * turns)
    }
  return pair(output, 4 * side * side)
}
`

/** Builds that module. Throws with the compiler's own words. */
export async function naiveProduct(): Promise<Uint8Array> {
  let code: Uint8Array | undefined
  const stderr = asc.createMemoryStream()
  const options = ['--optimizeLevel', '0', '--runtime', 'stub', '--use', 'abort=', '--outFile', 'naive.wasm']
  const { error } = await asc.main(['naive.ts', ...options], {
    stderr,
    readFile: (file) => (file === 'naive.ts' ? SOURCE : read(file)),
    listFiles: () => [],
    writeFile: (_, contents) => {
      if (typeof contents !== 'string') code = contents
    },
  })
  if (error !== null || code === undefined) throw new Error(`the naive product: ${stderr.toString()}`)
  return code
}

function read(file: string): string | null {
  const path = join(import.meta.dirname, '../..', file)
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}
