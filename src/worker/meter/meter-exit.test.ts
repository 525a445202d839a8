import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEEP_MS, runs } from '../fuzz.ts'
import { WASI_MODULE } from '../wasi/imports.ts'
import { FUEL_EXPORT, meterWasm } from './meter-wasm.ts'
import { meterNaively } from './random/naive-meter.ts'
import { MEMORY_BYTES } from './random/random-code.ts'
import type { RandomModule } from './random/random-module.ts'
import { chooseFrom, randomModule, writeModule } from './random/random-module.ts'

const FUEL = 20_000
const numbers = fc.array(fc.nat(9_999), { minLength: 60, maxLength: 500, size: 'max' })

class Exit extends Error {}

/** How a program ended, what it left in its memory, and the instructions that it took. */
type End = {
  readonly code: 'done' | 'exit' | 'failed' | 'fuel'
  readonly memory: string
  readonly fuel: number
}

function end(code: Uint8Array<ArrayBuffer>, fuel: number): End {
  const exit = (): never => {
    throw new Exit()
  }
  const module = new WebAssembly.Module(code)
  const { exports } = new WebAssembly.Instance(module, { [WASI_MODULE]: { proc_exit: exit } })
  const { _start: start, memory, [FUEL_EXPORT]: global } = exports
  const left = (): number => (global instanceof WebAssembly.Global ? Number(global.value) : fuel)
  const ended = (how: End['code']): End => {
    if (left() < 0) return { code: 'fuel', memory: '', fuel }
    const bytes = memory instanceof WebAssembly.Memory ? new Uint8Array(memory.buffer, 0, MEMORY_BYTES) : []
    return {
      code: how,
      memory: how === 'failed' ? '' : Buffer.from(bytes).toString('hex'),
      fuel: fuel - left(),
    }
  }
  try {
    if (typeof start === 'function') start()
    return ended('done')
  } catch (error) {
    return ended(error instanceof Exit ? 'exit' : 'failed')
  }
}

const metered = (code: Uint8Array, fuel: number): End =>
  end(meterWasm(code, { fuel, memoryPages: 3, abi: 'wasi-preview1' }), fuel)

function expectExact(module: RandomModule): void {
  const plain = writeModule(module)
  const naive = end(meterNaively(module, FUEL), FUEL)
  if (naive.memory === '') {
    expect(metered(plain, FUEL).memory, naive.code).toBe('')
    return
  }
  expect({ ...end(plain, FUEL), fuel: naive.fuel }).toEqual(naive)
  expect(metered(plain, FUEL), 'with more than enough fuel').toEqual(naive)
  expect(metered(plain, naive.fuel), 'with just enough').toEqual(naive)
  expect(metered(plain, naive.fuel - 1).code, 'with one too little').toBe('fuel')
}

test(
  'a random program that ends by an exit pays for exactly the instructions that ran until then',
  () => {
    const property = fc.property(numbers, (list) => expectExact(randomModule(chooseFrom(list), true)))
    fc.assert(property, { numRuns: runs(60) })
  },
  DEEP_MS,
)

test('random programs are of use: many end by an exit, and many by themselves', () => {
  let seed = 7
  const next = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed >>> 16
  }
  const ends = Array.from({ length: 60 }, () => {
    const choose = chooseFrom(Array.from({ length: 250 }, next))
    return end(meterNaively(randomModule(choose, true), FUEL), FUEL)
  })
  expect(ends.filter(({ code }) => code === 'exit').length).toBeGreaterThan(10)
  expect(ends.filter(({ code, fuel }) => code === 'exit' && fuel > 50).length).toBeGreaterThan(2)
  expect(ends.filter(({ code }) => code === 'done').length).toBeGreaterThan(10)
})
