import { parseManifest } from '../../protocol/manifest/manifest.ts'
import type { Param } from '../../protocol/manifest/param.ts'
import type { Wei } from '../../protocol/wei.ts'
import type { Draft } from '../../publisher/state.ts'

/** The samples that the page offers. */
export const SAMPLES = ['bunny', 'fractal', 'life', 'boids', 'sort'] as const
export type Sample = (typeof SAMPLES)[number]

/** Makes the draft of a sample as it comes. The samples are loaded when one is asked for. */
export async function sampleDraft(name: Sample, index: number): Promise<Draft> {
  const { sampleJob } = await import('../../kernels/sample.ts')
  return sampleJob(name, index, { priceWei: '0' })
}

/** A parameter with a range is meant to be changed; one without is part of how the sample is built. */
export function isFree(param: Param): boolean {
  return param.range !== undefined
}

/** What the visitor may change of a sample: its price, and the values of its parameters. */
export type Changes = { readonly price: Wei; readonly values: Readonly<Record<string, number>> }

/** The draft with the visitor's price and values. Throws `malformed` with the path of the parameter. */
export function changed(draft: Draft, { price, values }: Changes): Draft {
  const params = draft.manifest.params.map((param) => ({
    ...param,
    value: values[param.name] ?? param.value,
  }))
  return {
    ...draft,
    manifest: parseManifest({ ...draft.manifest, params, price: { replica: price.toString() } }),
  }
}

/** The step of a parameter's field. */
export function stepOf(param: Param): number | 'any' {
  return param.type === 'f32' ? 'any' : 1
}
