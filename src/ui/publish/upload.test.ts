import { expect, test } from 'vitest'
import { sampleJob } from '../../kernels/sample.ts'
import { cidOf } from '../../protocol/cid.ts'
import { exampleManifest } from './example.ts'
import { problemOf } from './problem.ts'
import { draftOf, type Upload, uploadOf } from './upload.ts'

const wasm = uploadOf('Kernel.WASM', new Uint8Array([0, 97, 115, 109]))
const example = JSON.parse(exampleManifest)
const failingPath = (value: unknown, uploads: readonly Upload[]): string => {
  try {
    draftOf(typeof value === 'string' ? value : JSON.stringify(value), uploads)
  } catch (error) {
    return problemOf(error).path
  }
  throw new Error('the draft was made')
}

test('code that the manifest leaves out is named by the chosen file', () => {
  const { manifest, blobs } = draftOf(exampleManifest, [wasm])
  const cid = cidOf(wasm.bytes)
  expect(manifest.programs[0]?.code).toEqual({ cid, bytes: 4 })
  expect(blobs.get(cid)).toBe(wasm.bytes)
})

test('inputs are found by the name of their file', () => {
  const input = uploadOf('mesh.bin', new Uint8Array(12))
  const { manifest } = draftOf(JSON.stringify({ ...example, inputs: [{ name: 'mesh' }] }), [wasm, input])
  expect(manifest.inputs).toEqual([{ name: 'mesh', cid: cidOf(input.bytes), bytes: 12 }])
})

test('a whole manifest goes through unchanged when its files are there', () => {
  const { manifest, blobs } = sampleJob('fractal', 2, { priceWei: '7' })
  const uploads = [...blobs.values()].map((bytes, index) => uploadOf(`${index}`, bytes))
  expect(draftOf(JSON.stringify(manifest), uploads).manifest).toEqual(manifest)
})

test('each mistake is told with the path of its field', () => {
  expect(failingPath('', [wasm])).toBe('manifest')
  expect(failingPath('{ "weft": 1, }', [wasm])).toBe('manifest')
  expect(failingPath('[]', [wasm])).toBe('')
  expect(failingPath(example, [])).toBe('programs[0].code')
  expect(
    failingPath(
      { ...example, programs: [{ ...example.programs[0], code: { cid: cidOf(wasm.bytes), bytes: 4 } }] },
      [],
    ),
  ).toBe('programs[0].code.cid')
  expect(failingPath({ ...example, inputs: [{ name: 'mesh' }] }, [wasm])).toBe('inputs[0].cid')
  expect(failingPath({ ...example, colour: 'red' }, [wasm])).toBe('colour')
  expect(failingPath({ ...example, splits: [] }, [wasm])).toBe('splits')
  expect(failingPath({ ...example, verify: { mode: 'exact-quorum', quorum: 1 } }, [wasm])).toBe(
    'verify.quorum',
  )
})

test('code and inputs may name a chosen file, as the command takes it too', () => {
  const named = { ...example, programs: [{ ...example.programs[0], code: { file: wasm.name } }] }
  expect(draftOf(JSON.stringify(named), [wasm]).manifest.programs[0]?.code.cid).toBe(cidOf(wasm.bytes))
  expect(
    failingPath({ ...named, programs: [{ ...example.programs[0], code: { file: 'other.wasm' } }] }, [wasm]),
  ).toBe('programs[0].code')
})
