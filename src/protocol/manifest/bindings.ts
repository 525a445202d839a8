import type { Bindings } from './expression.ts'
import type { Manifest } from './manifest.ts'
import { bindUnit, countUnits } from './units.ts'

/** Gives the values of all names in a manifest's expressions, for one unit after the other. */
export function bindingsOf(manifest: Manifest): (unit: number) => Bindings {
  const params = manifest.params
    .filter((param) => param.type !== 'f32')
    .map(({ name, value }) => [name, value])
  const fixed = { ...Object.fromEntries(params), unitCount: countUnits(manifest.units) }
  return (unit) => ({ ...fixed, ...bindUnit(manifest.units, unit) })
}
