import type { Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { needBrowser } from '../../src/cli/setup/browser.mjs'
import { FUEL_EXPORT, meterWasm } from '../../src/worker/meter/meter-wasm.ts'
import type { Found } from '../row.ts'
import { median } from '../spread.ts'
import { kernels } from './generated/kernels.ts'

const ROUNDS = 9
const TURNS = 15
const WARM_UP_MS = 400
const FUEL = 10 ** 15
const MEMORY_PAGES = 256
const QUIET = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }

/** The kernels of `kernels.c`, in its order: what kind they are of, and a size that takes some milliseconds. */
const cases = [
  { name: 'matmul', kind: 'arithmetic', size: 1 },
  { name: 'matmul-simd', kind: 'arithmetic', size: 12 },
  { name: 'mandelbrot', kind: 'arithmetic', size: 130 },
  { name: 'hash', kind: 'arithmetic', size: 15_000 },
  { name: 'sieve', kind: 'memory', size: 1_500_000 },
  { name: 'fib', kind: 'calls', size: 27 },
  { name: 'bytes', kind: 'memory', size: 2 },
  { name: 'search', kind: 'memory', size: 2 },
  { name: 'sort', kind: 'memory', size: 30_000 },
] as const

type Case = (typeof cases)[number] & { readonly index: number }
/** What a kernel took plain and metered in each round, in milliseconds; and its instructions. */
type Times = { readonly plain: number[]; readonly metered: number[]; readonly instructions: number }

/** Measures what metering costs kernels in Chromium, metered against plain in turn: the worst of each kind, and each one. */
export async function meter(signal: AbortSignal): Promise<ReadonlyMap<string, Found>> {
  const browser = await chromium.launch({ executablePath: needBrowser(), args: ['--no-sandbox'], ...QUIET })
  const close = (): void => void browser.close()
  signal.addEventListener('abort', close, { once: true })
  try {
    const page = await browser.newPage()
    await page.evaluate('globalThis.__name = (value) => value') // tools that keep the names of functions wrap them in it
    const code = Uint8Array.from(Buffer.from(kernels, 'base64'))
    const metered = meterWasm(code, { fuel: FUEL, memoryPages: MEMORY_PAGES })
    await page.evaluate(openModules, { codes: [[...code], [...metered]], fuelExport: FUEL_EXPORT })
    const rows = new Map<Case['name'], Found>()
    for (const [index, entry] of cases.entries())
      rows.set(entry.name, await measure(page, { ...entry, index }))
    const each = [...rows].map(([name, found]) => [`meter.${name}`, found] as const)
    return new Map([
      ['meter.arithmetic', worst(rows, 'arithmetic')],
      ['meter.memory', worst(rows, 'memory')],
      ...each,
    ])
  } finally {
    await browser.close()
  }
}

async function measure(page: Page, { name, index, size }: Case): Promise<Found> {
  const call = { index, size, rounds: ROUNDS, turns: TURNS, warmUpMs: WARM_UP_MS }
  const { plain, metered, instructions } = await page.evaluate(runRounds, call)
  const samples = metered.map((time, round) => time / (plain[round] ?? 0))
  const each = `${median(metered).toFixed(1)} ms metered, ${median(plain).toFixed(1)} ms plain`
  const note = `${name}: ${each}; ${(instructions / 1e6).toFixed(0)} million instructions`
  return { samples, baseline: median(plain), note }
}

function worst(rows: ReadonlyMap<Case['name'], Found>, kind: Case['kind']): Found {
  const found = cases.filter((entry) => entry.kind === kind).flatMap(({ name }) => rows.get(name) ?? [])
  const [first, ...others] = found
  if (first === undefined) throw new RangeError(`no kernel of the kind ${kind}`)
  return others.reduce((a, b) => (median(b.samples) > median(a.samples) ? b : a), first)
}

type RoundsCall = {
  readonly index: number
  readonly size: number
  readonly rounds: number
  readonly turns: number
  readonly warmUpMs: number
}
type Run = (index: number, size: number) => { ms: number; check: number; fuelLeft: number }
declare global {
  interface Window {
    meterRuns: Run[]
  }
}

/** In the page: compiles the modules, plain and metered. */
function openModules({ codes, fuelExport }: { codes: number[][]; fuelExport: string }): void {
  window.meterRuns = codes.map((code) => {
    const module = new WebAssembly.Module(Uint8Array.from(code))
    return (index, size) => {
      const { exports } = new WebAssembly.Instance(module)
      const { memory, alloc, run } = exports
      if (!(memory instanceof WebAssembly.Memory) || typeof alloc !== 'function' || typeof run !== 'function')
        throw new Error('the module is no kernel')
      const input = Number(alloc(8))
      new Uint32Array(memory.buffer, input, 2).set([index, size])
      const start = performance.now()
      const packed = BigInt(run(input, 8))
      const ms = performance.now() - start
      const check = new DataView(memory.buffer).getUint32(Number(packed >> 32n), true)
      const left = exports[fuelExport]
      return { ms, check, fuelLeft: left instanceof WebAssembly.Global ? Number(left.value) : 0 }
    }
  })
}

/**
 * In the page, after the engine has compiled both for good: runs a kernel plain, metered, metered, plain, again and again; a round
 * is the best of some turns, since a machine with other work takes its time from either at random.
 */
function runRounds(call: RoundsCall): Times {
  const [plainRun, meteredRun] = window.meterRuns
  if (plainRun === undefined || meteredRun === undefined) throw new Error('the modules are not open')
  const one = (run: Run) => run(call.index, call.size)
  for (const end = performance.now() + 2 * call.warmUpMs; performance.now() < end; ) {
    if (one(plainRun).check !== one(meteredRun).check) throw new Error('metering changes the result')
  }
  const times: { plain: number[]; metered: number[] } = { plain: [], metered: [] }
  for (let round = 0; round < call.rounds; round += 1) {
    let [plain, metered] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    for (let turn = 0; turn < call.turns; turn += 1) {
      const [first, second, third, fourth] = [one(plainRun), one(meteredRun), one(meteredRun), one(plainRun)]
      plain = Math.min(plain, first.ms, fourth.ms)
      metered = Math.min(metered, second.ms, third.ms)
    }
    times.plain.push(plain)
    times.metered.push(metered)
  }
  return { ...times, instructions: 10 ** 15 - one(meteredRun).fuelLeft }
}
