import { Failure } from '../../protocol/failure.ts'
import type { Resource } from './bindings.ts'
import type { Constants } from './constants.ts'
import { evaluate } from './constants.ts'
import type { Outline, Solid } from './outline.ts'

/** A compute entry point: the parts of its workgroup size, each a number or the name of an override, and the variables it may use. */
export type Entry = {
  readonly size: readonly (number | string | undefined)[]
  readonly resources: readonly Resource[]
}
/** What a program declares for its host. `ids` are its overrides, each with the name by which a manifest gives it a value: its number where it has an `@id`. */
export type ModuleFacts = {
  readonly hasTextures: boolean
  readonly entries: ReadonlyMap<string, Entry>
  readonly ids: ReadonlyMap<string, string>
}

type Attributes = ReadonlyMap<string, readonly Solid[]>
type Reading = {
  readonly solid: readonly Solid[]
  readonly constants: Constants
  readonly functions: readonly Outline[]
}

/**
 * Reads the declarations of a program in one go. A variable counts as used by all functions that have its name, and by those
 * that call them: one too many in a layout does no harm. Throws `compile` for a place in no group that can be worked out.
 */
export function factsOf({ solid, constants, functions }: Reading): ModuleFacts {
  const found = new Map<string, Resource>()
  const sizes = new Map<string, Entry['size']>()
  const ids = new Map<string, string>()
  let hasTextures = false
  for (const { place, attributes } of declarationsOf(solid, functions)) {
    const text = (ahead: number): string => solid[place + ahead]?.text ?? ''
    const number = (name: string): number | undefined => evaluate(attributes.get(name) ?? [], constants)
    if (text(0) === 'var' && attributes.has('group')) {
      const resource = resourceOf(solid, place, { group: number('group'), binding: number('binding') })
      if (resource === undefined) hasTextures = true
      else found.set(resource.name, resource)
    } else if (text(0) === 'override') {
      const id = attributes.has('id') ? number('id') : text(1)
      if (id === undefined)
        throw new Failure('compile', `WGSL line ${solid[place]?.line}: @id of ${text(1)} must be a number`)
      ids.set(text(1), String(id))
    } else if (text(0) === 'fn' && attributes.has('compute')) {
      const parts = partsOf(attributes.get('workgroup_size') ?? [])
      sizes.set(
        text(1),
        parts.map((part) => evaluate(part, constants) ?? (part.length === 1 ? part[0]?.text : undefined)),
      )
    }
  }
  const used = usesOf({ solid, functions }, found)
  const entries = [...sizes].map(([name, size]) => [name, { size, resources: used(name) }] as const)
  return { hasTextures, entries: new Map(entries), ids }
}

/** The variables that a function may use, in it and in what it calls. */
function usesOf(
  { solid, functions }: Pick<Reading, 'solid' | 'functions'>,
  resources: ReadonlyMap<string, Resource>,
): (name: string) => Resource[] {
  const named = new Map(functions.map((outline) => [outline.name, outline]))
  const known = new Map<string, Set<Resource>>()
  const visit = (name: string): ReadonlySet<Resource> => {
    const uses = known.get(name) ?? new Set()
    const outline = named.get(name)
    if (known.has(name) || outline === undefined) return uses
    known.set(name, uses)
    for (const text of new Set(solid.slice(outline.brace, outline.end).map((token) => token.text))) {
      const resource = resources.get(text)
      if (resource !== undefined) uses.add(resource)
      for (const inner of visit(text)) uses.add(inner)
    }
    return uses
  }
  return (name) => [...visit(name)]
}

/** The declarations of the module, each with the attributes before it. */
function declarationsOf(
  solid: readonly Solid[],
  functions: readonly Outline[],
): { place: number; attributes: Attributes }[] {
  const ends = new Map(functions.map(({ start, end }) => [start, end]))
  const found: { place: number; attributes: Attributes }[] = []
  let attributes = new Map<string, readonly Solid[]>()
  for (let place = 0; place < solid.length; place += 1) {
    const text = solid[place]?.text ?? ''
    if (text === '@') {
      const end = solid[place + 2]?.text === '(' ? closing(solid, place + 2) : place + 1
      attributes.set(solid[place + 1]?.text ?? '', solid.slice(place + 3, end))
      place = end
    } else if (text === 'var' || text === 'override' || text === 'fn') {
      found.push({ place, attributes })
      attributes = new Map()
      place = ends.get(place) ?? place
    } else if (text === ';' || text === '}') attributes = new Map()
  }
  return found
}

/** Reads `var<storage, read_write> name`; undefined for what is no buffer. */
function resourceOf(
  solid: readonly Solid[],
  place: number,
  { group, binding }: { group: number | undefined; binding: number | undefined },
): Resource | undefined {
  const text = (ahead: number): string => solid[place + ahead]?.text ?? ''
  const space = text(1) === '<' ? text(2) : ''
  if (space !== 'uniform' && space !== 'storage') return undefined
  const close = [3, 4, 5, 6].find((ahead) => text(ahead) === '>') ?? 6
  const name = text(close + 1)
  if (group === undefined || binding === undefined)
    throw new Failure(
      'compile',
      `WGSL line ${solid[place]?.line}: @group and @binding of ${name} must be numbers`,
    )
  const access = text(3) === ',' && text(4) !== '>' ? text(4) : 'read'
  return { name, group, binding, space, access }
}

function closing(solid: readonly Solid[], open: number): number {
  let depth = 0
  for (let place = open; place < solid.length; place += 1) {
    if (solid[place]?.text === '(') depth += 1
    if (solid[place]?.text === ')') depth -= 1
    if (depth === 0) return place
  }
  return solid.length
}

function partsOf(tokens: readonly Solid[]): Solid[][] {
  const parts: Solid[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    if (token.text === ',' && depth === 0) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts.filter((part) => part.length > 0)
}
