import { expect, test } from 'vitest'
import { sampleJob } from '../kernels/sample.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import { cidOf } from '../protocol/cid.ts'
import { checkDraft, ownSource } from './draft.ts'

const draft = sampleJob('square', 0, { priceWei: '1', units: 2 })
const [[cid, code] = []] = [...draft.blobs]

test('a job of several rounds is refused until publishers can run them', () => {
  const manifest = { ...draft.manifest, rounds: 2 }
  expect(() => checkDraft({ ...draft, manifest })).toThrow('rounds: more than one round is not supported yet')
})

test('a draft with all its bytes passes', () => {
  expect(() => checkDraft(draft)).not.toThrow()
})

test('a draft that lacks bytes, or has others, is refused with the path', () => {
  if (cid === undefined || code === undefined) throw new Error('the sample has no code')
  expect(() => checkDraft({ ...draft, blobs: new Map() })).toThrow('programs[0].code.cid')
  const shorter = new Map([[cid, code.subarray(1)]])
  expect(() => checkDraft({ ...draft, blobs: shorter })).toThrow('programs[0].code.bytes')
  const other = code.slice().fill(1)
  expect(() => checkDraft({ ...draft, blobs: new Map([[cid, other]]) })).toThrow(
    `programs[0].code.cid: expected ${cidOf(other)}`,
  )
})

test('the own kernel is read from the store, and what is missing is named', async () => {
  const source = await ownSource(draft.manifest, ZERO_ADDRESS, async (wanted) => draft.blobs.get(wanted))
  expect(source).toMatchObject({ executor: 'wasm', code })
  await expect(ownSource(draft.manifest, ZERO_ADDRESS, async () => undefined)).rejects.toThrow(
    `${cid}: expected bytes`,
  )
})
