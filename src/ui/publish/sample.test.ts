import { expect, test } from 'vitest'
import { toWei } from '../../protocol/wei.ts'
import { problemOf } from './problem.ts'
import { changed, isFree, SAMPLES, sampleDraft } from './sample.ts'

test.each(SAMPLES)('%s can be published with another price and other values', async (name) => {
  const draft = await sampleDraft(name, 1)
  const param = draft.manifest.params.find((entry) => isFree(entry) && entry.type === 'u32')
  const [low = 0] = param?.range ?? []
  const next = changed(draft, { price: toWei(5n), values: { [param?.name ?? '']: low } })
  expect(next.manifest.price).toEqual({ replica: '5' })
  expect(next.manifest.params.find((entry) => entry.name === param?.name)?.value).toBe(low)
  expect(next.blobs).toBe(draft.blobs)
})

test('a value outside its range is refused with the path of the parameter', async () => {
  const draft = await sampleDraft('fractal', 0)
  const index = draft.manifest.params.findIndex(isFree)
  const name = draft.manifest.params[index]?.name ?? ''
  for (const value of [1e12, -1, Number.NaN, 1.5]) {
    let path = ''
    try {
      changed(draft, { price: toWei(1n), values: { [name]: value } })
    } catch (error) {
      path = problemOf(error).path
    }
    expect(path).toMatch(new RegExp(`^params\\[${index}\\]`))
  }
})
