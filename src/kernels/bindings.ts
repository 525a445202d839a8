import type { Bindings } from '../protocol/manifest/expression.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { bindUnit, countUnits } from '../protocol/manifest/units.ts'

/** Makes the function that gives each unit the values of the names in a manifest's expressions. */
export function binderOf(manifest: Manifest): (unit: number) => Bindings {
  const fixed: Record<string, number> = { unitCount: countUnits(manifest.units) }
  for (const param of manifest.params) if (param.type !== 'f32') fixed[param.name] = param.value
  return (unit) => ({ ...fixed, ...bindUnit(manifest.units, unit) })
}
