import type { Bindings } from './expression.ts'
import type { Manifest } from './manifest.ts'
import { bindUnit, countUnits } from './units.ts'

/** Gives the values of all names in a manifest's expressions, for one unit of a round after the other. Rounds count from 0. */
export function bindingsOf(manifest: Manifest): (unit: number, round?: number) => Bindings {
  const params = manifest.params
    .filter((param) => param.type !== 'f32')
    .map(({ name, value }) => [name, value])
  const fixed = { ...Object.fromEntries(params), unitCount: countUnits(manifest.units) }
  if (manifest.rounds === undefined) return (unit) => ({ ...fixed, ...bindUnit(manifest.units, unit) })
  return (unit, round = 0) => ({ ...fixed, round, ...bindUnit(manifest.units, unit) })
}
