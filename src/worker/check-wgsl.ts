import { unitCount } from '../protocol/manifest/manifest.ts'
import { planOf } from './frame/gpu/gpu-plan.ts'
import { guardWgsl } from './guard/guard-wgsl.ts'
import type { KernelParts } from './message.ts'
import { checkParts } from './unit.ts'

/**
 * Checks a WGSL kernel as the GPU worker does, as far as that needs no GPU: its text and loops, its bindings, and the plans of its
 * first and its last unit. What only the compiler of a GPU can tell, as the types of expressions, is not looked at. Throws `Failure`.
 */
export function checkWgsl(parts: KernelParts): void {
  const { manifest, code } = parts
  checkParts(manifest, parts)
  const plan = planOf(parts, guardWgsl(code, manifest), false)
  for (const unit of new Set([0, unitCount(manifest) - 1])) plan.unit(unit)
}
