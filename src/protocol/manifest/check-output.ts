import { Failure, malformed } from '../failure.ts'
import { bindingsOf } from './bindings.ts'
import type { Evaluate } from './expression.ts'
import { compileExpression } from './expression.ts'
import type { Manifest } from './manifest.ts'
import { scopeOf } from './manifest.ts'
import { LENGTH_BYTES, splitOutputs } from './outputs.ts'

/** Tells the bytes that a unit has, or may have at most where an output says `upTo`. */
export function outputSize(manifest: Manifest): (unit: number, round?: number) => number {
  const sizes = sizesOf(manifest)
  const bind = bindingsOf(manifest)
  const lengths = sizes.length === 1 ? 0 : LENGTH_BYTES * sizes.length
  return (unit, round) => {
    const bindings = bind(unit, round)
    return sizes.reduce((sum, size) => sum + size(bindings), lengths)
  }
}

/** Checks the bytes of a unit against the sizes that a manifest states; the check throws `oversized` or `malformed`. */
export function outputCheck(manifest: Manifest): (unit: number, output: Uint8Array, round?: number) => void {
  const { outputs, limits } = manifest
  const sizes = sizesOf(manifest)
  const bind = bindingsOf(manifest)
  return (unit, output, round) => {
    if (output.length > limits.outputBytes)
      throw new Failure(
        'oversized',
        `the output has ${output.length} bytes, more than the limit of ${limits.outputBytes}`,
      )
    const bindings = bind(unit, round)
    for (const [index, part] of splitOutputs(output, outputs.length).entries()) {
      const size = sizes[index]?.(bindings) ?? 0
      const [least, many] = outputs[index]?.upTo === true ? [0, 'at most '] : [size, '']
      if (part.length < least || part.length > size)
        throw malformed('output', `${many}${size} bytes, as outputs[${index}].bytes says`, part.length)
    }
  }
}

function sizesOf({ units, outputs, ...rest }: Manifest): Evaluate[] {
  const { names } = scopeOf(units, rest)
  return outputs.map(({ bytes }, index) => compileExpression(bytes, `outputs[${index}].bytes`, names))
}
