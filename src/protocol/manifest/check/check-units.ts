import { Failure, malformed } from '../../failure.ts'
import { bindingsOf } from '../bindings.ts'
import type { Bindings, Evaluate, Expression } from '../expression.ts'
import { compileExpression } from '../expression.ts'
import type { Manifest } from '../manifest.ts'
import { scopeOf, unitCount } from '../manifest.ts'
import type { Output } from '../outputs.ts'
import { LENGTH_BYTES } from '../outputs.ts'
import type { Program } from '../program.ts'
import type { WasmProgram } from '../wasm-program.ts'
import type { UnitValues } from './check-recipe.ts'
import { checkRecipe } from './check-recipe.ts'
import { checkWgslUnit } from './check-wgsl-unit.ts'

const WIDTHS: Readonly<Record<Output['type'], number>> = { u8: 1, f16: 2, u32: 4, i32: 4, f32: 4, f64: 8 }

/**
 * Checks that the first and the last unit can be run as a manifest says, as far as follows from the manifest alone: sizes of
 * outputs and buffers, parts of inputs, turns and dispatches. Throws `malformed` with the field's path.
 */
export function checkUnits(manifest: Manifest): void {
  const bind = bindingsOf(manifest)
  const { names } = scopeOf(manifest.units, manifest)
  const inputs = new Map(manifest.inputs.map(({ name, bytes }) => [name, bytes]))
  const known = new Map<string, Evaluate>()
  const compile = (expression: Expression, path: string, turn: Bindings): Evaluate => {
    const made = known.get(path) ?? compileExpression(expression, path, [...names, ...Object.keys(turn)])
    known.set(path, made)
    return made
  }
  for (const unit of new Set([0, unitCount(manifest) - 1])) {
    const bindings = bind(unit)
    try {
      checkUnit(manifest, {
        inputs,
        value: (expression, path, turn = {}) => compile(expression, path, turn)({ ...turn, ...bindings }),
      })
    } catch (error) {
      if (!(error instanceof Failure) || unit === 0) throw error
      throw new Failure(error.code, `${error.message}, in unit ${unit}`, { cause: error })
    }
  }
}

function checkUnit(manifest: Manifest, values: UnitValues): void {
  checkOutputs(manifest, values)
  manifest.programs.forEach((program, index) => {
    checkProgram(program, `programs[${index}]`, values)
  })
}

function checkOutputs({ outputs, limits }: Manifest, { value }: UnitValues): void {
  const most = limits.outputBytes
  let all = outputs.length === 1 ? 0 : LENGTH_BYTES * outputs.length
  for (const [index, { type, bytes, upTo }] of outputs.entries()) {
    const path = `outputs[${index}].bytes`
    const size = value(bytes, path)
    if (size < 0 || (size > most && upTo !== true))
      throw malformed(path, `0 to ${most} bytes, which limits.outputBytes allows a unit`, size)
    if (upTo === true) continue
    if (size % WIDTHS[type] !== 0)
      throw malformed(path, `a multiple of ${WIDTHS[type]}, the bytes of one ${type}`, size)
    all += size
  }
  if (all > most)
    throw malformed('limits.outputBytes', `at least ${all}, the bytes of all outputs of a unit`, most)
}

function checkProgram(program: Program, path: string, values: UnitValues): void {
  if (program.kind === 'wgsl') checkWgslUnit(program, path, values)
  else checkWasmUnit(program, `${path}.wasm`, values)
}

function checkWasmUnit({ wasm }: WasmProgram, path: string, values: UnitValues): void {
  checkRecipe(wasm.stdin, `${path}.stdin`, values)
  if (wasm.abi !== 'wasi-preview1') return
  const { args = [], files = [] } = wasm
  args.forEach((argument, index) => {
    if (typeof argument !== 'string') values.value(argument.value, `${path}.args[${index}].value`)
  })
  files.forEach(({ content }, index) => {
    checkRecipe(content, `${path}.files[${index}].content`, values)
  })
}
