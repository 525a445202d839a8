import { expect, test } from 'vitest'
import { sampleJob } from '../../kernels/sample.ts'
import { runKernel1 } from '../kernel1.ts'
import { fillOf, programOf } from '../unit.ts'
import { meterWasm } from './meter-wasm.ts'

const FUEL = 1_000_000_000

/**
 * A module of Debian's clang 14 (-O2 -mbulk-memory -nostdlib): a random walk through a switch, recursion, a table of
 * functions, memset, memcpy and f32; 4 bytes of seed in, 64 bytes out.
 */
const clang = Uint8Array.from(
  Buffer.from(
    [
      'AGFzbQEAAAABEgNgAn9/AX9gAX8Bf2ACf38BfgMHBgECAQAAAAQFAXABBAQFAwEAAgYIAX8BQdCoBAsHGAMGbWVtb3J5AgAF',
      'YWxsb2MAAANydW4AAQkJAQBBAQsDAwQFCsgDBhIAQZCIgIAAQQAgAEGBgARJGwvfAgEDfyAAKAIAQQFyIQBBACECQQchAwJA',
      'A0AgAEENdCAAcyIAQRF2IABzIgRBBXQgBHMhAAJAAkACQAJAAkACQAJAIARBB3EOBQABAgYDBAsgAyACaiEDDAQLIANBA2wh',
      'AwwDCyAAIANzIQMMAgsgA0EJcBCCgICAACEDDAELIAMgAiAAQQNwQQJ0QYCIgIAAaigCABGAgICAAAAhAwsgAkEPcUECdEGQ',
      'iISAAGoiBCAEKAIAIANqNgIAIANB6AdwQecHRg0CCyACQQFqIgIgAEERcEH0A2pJDQALC0H4j4CAACADIABB/wBxQYAEcvwL',
      'AEGwp4CAAEH4j4CAACADQT9xQYACcvwKAABBAEEAKAKQiISAACADQQxwEIKAgIAAQQAtAJSogIAAanM2ApCIhIAAQQBBACgC',
      'lIiEgAAgA7NDAABAQJWR/AFqNgKUiISAAEGQiISAAK1CIIZCwACECzoBAX9BACEBAkAgAEECSQ0AQQAhAQNAIABBf2oQgoCA',
      'gAAgAWohASAAQX5qIgBBAUsNAAsLIAAgAWoLBwAgASAAagsHACABIABsCwcAIAEgAHMLCxMBAEGACAsMAQAAAAIAAAADAAAA',
    ].join(''),
    'base64',
  ),
)

type Call = {
  readonly code: Uint8Array<ArrayBuffer>
  readonly input: Uint8Array
  readonly memoryPages: number
}

/** Runs a unit metered, twice, and plain; gives the fuel. */
function compare({ code, input, memoryPages }: Call): number {
  const call = { input, outputBytes: 1_048_576, fuel: FUEL }
  const module = new WebAssembly.Module(meterWasm(code, { fuel: FUEL, memoryPages }))
  const [metered, again] = [runKernel1({ ...call, module }), runKernel1({ ...call, module })]
  const plain = runKernel1({ ...call, module: new WebAssembly.Module(code) })
  expect(again).toEqual(metered)
  expect(metered.output).toEqual(plain.output)
  return metered.fuel
}

test('a module of clang gives the same bytes metered and plain, whatever way it takes', () => {
  const fuels = new Set<number>()
  for (let seed = 0; seed < 200; seed += 1) {
    const input = new Uint8Array(Uint32Array.of(seed * 2_654_435_761).buffer)
    fuels.add(compare({ code: clang, input, memoryPages: 4 }))
  }
  expect(fuels.size).toBeGreaterThan(100)
})

test.each(['bunny', 'fractal', 'square'] as const)(
  'the %s sample gives the same bytes metered and plain',
  (name) => {
    const { manifest, blobs } = sampleJob(name, 0, { priceWei: '1' })
    const { code, wasm } = programOf(manifest, 'wasm')
    const bytes = blobs.get(code.cid)
    if (bytes === undefined) throw new Error('the sample has no code')
    const inputs = new Map(
      manifest.inputs.map((input) => [input.name, blobs.get(input.cid) ?? new Uint8Array(0)]),
    )
    const fill = fillOf(manifest, inputs, wasm.stdin)
    for (const unit of [0, 3]) {
      const call = { code: new Uint8Array(bytes), input: fill(unit), memoryPages: wasm.memoryPages }
      expect(compare(call)).toBeLessThan(manifest.limits.fuel)
    }
  },
)
