import { Failure } from '../../protocol/failure.ts'
import { callKernel1 } from '../kernel1.ts'
import type { KernelParts, UnitReport } from '../message.ts'
import { causeOf } from '../message.ts'
import { FUEL_EXPORT, MARK_EXPORT, meterWasm } from '../meter/meter-wasm.ts'
import { checkOutputOf, checkParts, fillOf, programOf, settleNaNs } from '../unit.ts'

/** Meters and compiles a WASM kernel inside a worker, and gives the function that runs a unit. Throws `Failure`. */
export function loadWasm(parts: KernelParts): (unit: number) => UnitReport {
  const { manifest } = parts
  checkParts(manifest, parts)
  const { wasm } = programOf(manifest, 'wasm')
  const { fuel, outputBytes } = manifest.limits
  const module = new WebAssembly.Module(meterWasm(parts.code, { fuel, memoryPages: wasm.memoryPages }))
  const fill = fillOf(manifest, parts.inputs, wasm.stdin)
  const checkOutput = checkOutputOf(manifest)
  const names = { fuelExport: FUEL_EXPORT, markExport: MARK_EXPORT }
  return (unit) => {
    const start = performance.now()
    try {
      const outcome = callKernel1({ module, input: fill(unit), outputBytes, fuel, ...names })
      if (outcome.kind === 'failed') throw new Failure(outcome.code, outcome.message)
      checkOutput(unit, outcome.output.length)
      settleNaNs(manifest, outcome.output)
      return { ...outcome, unit, elapsedMs: performance.now() - start }
    } catch (error) {
      return { kind: 'failed', unit, ...causeOf(error) }
    }
  }
}
