import { outputCheck } from '../../protocol/manifest/check-output.ts'
import type { Round } from '../executor.ts'
import type { UnitEnd } from '../kernel1.ts'
import { runKernel1 } from '../kernel1.ts'
import type { KernelParts, UnitReport } from '../message.ts'
import { causeOf } from '../message.ts'
import { importMemory } from '../meter/import-memory.ts'
import { meterWasm } from '../meter/meter-wasm.ts'
import { checkFits, checkParts, piecesOf, programOf, settleNaNs } from '../unit.ts'
import { UnitMemory } from '../unit-memory.ts'
import { loadWasi } from '../wasi/wasi-kernel.ts'

const PAGE_BYTES = 65_536

type Run = (unit: number, round: Round) => UnitEnd

/** Meters and compiles a WASM program inside a worker, and gives the function that runs a unit. Throws `Failure`. */
export function loadWasm(parts: KernelParts): (unit: number, round: Round) => UnitReport {
  const { manifest } = parts
  checkParts(manifest, parts)
  const run = compile(parts)
  const checkOutput = outputCheck(manifest)
  return (unit, round) => {
    const start = performance.now()
    try {
      const end = run(unit, round)
      checkOutput(unit, end.output, round.index)
      settleNaNs(manifest, end.output)
      return { kind: 'done', unit, ...end, elapsedMs: performance.now() - start }
    } catch (error) {
      return { kind: 'failed', unit, ...causeOf(error) }
    }
  }
}

function compile({ manifest, code, inputs }: KernelParts): Run {
  const { wasm } = programOf(manifest, 'wasm')
  const { fuel, outputBytes } = manifest.limits
  const { abi, memoryPages } = wasm
  const metered = meterWasm(code, { fuel, memoryPages, abi })
  if (wasm.abi === 'wasi-preview1')
    return loadWasi({ module: new WebAssembly.Module(metered), manifest, inputs, wasm })
  const { code: whole, size } = importMemory(metered)
  const call = { module: new WebAssembly.Module(whole), memories: new UnitMemory(size), outputBytes, fuel }
  const cut = piecesOf(manifest, inputs, wasm.stdin)
  const most = size.maximum * PAGE_BYTES
  return (unit, round) => {
    const input = cut(unit, round)
    checkFits(input, most, 'stdin')
    return runKernel1({ ...call, input })
  }
}
