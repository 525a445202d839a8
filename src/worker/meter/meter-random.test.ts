import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Failure } from '../../protocol/failure.ts'
import { DEEP_MS, runs } from '../fuzz.ts'
import type { Kernel1Call } from '../kernel1.ts'
import { runKernel1 } from '../kernel1.ts'
import { UnitMemory } from '../unit-memory.ts'
import { countedLoop } from './body/counted-loop.ts'
import { readBody } from './body/read-body.ts'
import { importMemory } from './import-memory.ts'
import { meterWasm } from './meter-wasm.ts'
import { meterNaively } from './random/naive-meter.ts'
import { MEMORY_BYTES } from './random/random-code.ts'
import { chooseFrom, randomModule, writeModule } from './random/random-module.ts'
import { WasmReader } from './wasm-reader.ts'

const FUEL = 20_000

type End =
  | { readonly code: 'done'; readonly output: Uint8Array; readonly fuel: number }
  | { readonly code: string }

function end(code: Uint8Array<ArrayBuffer>, fuel: number, memories?: Kernel1Call['memories']): End {
  const module = new WebAssembly.Module(code)
  const call = { module, input: new Uint8Array(4), fuel, outputBytes: 4096 }
  try {
    return { code: 'done', ...runKernel1(memories === undefined ? call : { ...call, memories }) }
  } catch (error) {
    if (error instanceof Failure) return { code: error.code }
    throw error
  }
}

/** What decides a module. */
const numbers = fc.array(fc.nat(9_999), { minLength: 60, maxLength: 500, size: 'max' })

/** As `end`, in a memory that another unit has filled. */
function endInUsed(metered: Uint8Array, fuel: number): End {
  const { code, size } = importMemory(metered)
  const memories = new UnitMemory(size)
  const used = memories.take()
  new Uint8Array(used.buffer).fill(0xa5)
  memories.giveBack(used, used.buffer.byteLength)
  return end(code, fuel, memories)
}

test(
  'a random module does the same metered and plain, and pays for exactly the instructions that ran',
  () => {
    const property = fc.property(numbers, (list) => {
      const bodies = randomModule(chooseFrom(list))
      const plain = writeModule(bodies)
      const metered = (fuel: number): End => end(meterWasm(plain, { fuel, memoryPages: 3 }), fuel)
      const naive = end(meterNaively(bodies, FUEL), FUEL)
      if (!('output' in naive)) {
        expect(metered(FUEL).code).not.toBe('done')
        return
      }
      expect(naive.output.length).toBe(MEMORY_BYTES)
      expect({ ...end(plain, FUEL), fuel: 0 }).toEqual({ ...naive, fuel: 0 })
      expect(metered(naive.fuel), 'with just enough fuel').toEqual(naive)
      const given = endInUsed(meterWasm(plain, { fuel: FUEL, memoryPages: 3 }), FUEL)
      expect(given, 'in a memory that was used before').toEqual(naive)
      expect(metered(naive.fuel - 1), 'with one too little').toEqual({ code: 'fuel' })
    })
    fc.assert(property, { numRuns: runs(60) })
  },
  DEEP_MS,
)

test('random modules are of use: many end by themselves, and many have loops whose turns are counted ahead', () => {
  let seed = 7
  const next = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed >>> 16
  }
  const modules = Array.from({ length: 40 }, () =>
    randomModule(chooseFrom(Array.from({ length: 250 }, next))),
  )
  const bodies = modules
    .flatMap(({ bodies: all }) => all)
    .map((body) => readBody(new WasmReader(Uint8Array.from(body))))
  const loops = bodies.flatMap((body) =>
    [...body.constructs.values()].flatMap((construct) => countedLoop(body, construct) ?? []),
  )
  expect(loops.filter(({ isTestLast }) => isTestLast).length).toBeGreaterThan(5)
  expect(loops.filter(({ isTestLast }) => !isTestLast).length).toBeGreaterThan(5)
  expect(loops.filter(({ step }) => step.kind === 'local').length).toBeGreaterThan(0)
  const codes = modules.map((module) => end(meterNaively(module, FUEL), FUEL).code)
  expect(codes.filter((code) => code === 'done').length).toBeGreaterThan(10)
})

test(
  'bytes that are changed, cut or random are a Failure or a module, never another error',
  () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255) })
    const property = fc.property(
      numbers,
      fc.array(change, { maxLength: 4 }),
      fc.nat(),
      (list, changes, cut) => {
        const bytes = writeModule(randomModule(chooseFrom(list)))
        for (const { at, byte } of changes) bytes[8 + (at % (bytes.length - 8))] = byte
        expectFailureOrModule(cut % 4 === 0 ? bytes.slice(0, cut % bytes.length) : bytes)
      },
    )
    fc.assert(property, { numRuns: runs(250) })
    const head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
    const noise = fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expectFailureOrModule(Uint8Array.from([...head, ...bytes]))
    })
    fc.assert(noise, { numRuns: runs(250) })
  },
  DEEP_MS,
)

function expectFailureOrModule(bytes: Uint8Array): void {
  for (const abi of ['kernel1', 'wasi-preview1'] as const) {
    try {
      const metered = meterWasm(bytes, { fuel: FUEL, memoryPages: 3, abi })
      expect(WebAssembly.validate(metered)).toBe(true)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
  }
}
