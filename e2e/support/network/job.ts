import type { Page } from '@playwright/test'
import { expect } from '@playwright/test'
import type { Hex } from '../../../src/protocol/bytes.ts'
import { fromHex, toHex } from '../../../src/protocol/bytes.ts'
import type { Draft } from '../../../src/publisher/state.ts'
import { draftOf, uploadOf } from '../../../src/ui/publish/upload.ts'
import { assemble } from '../../../src/worker/meter/assemble.ts'
import { PATIENCE, setField } from './visitor.ts'

/** A job of numbers: unit `i` gives the square of `i`, after `spin` turns of a loop that take some nanoseconds each. */
export type SquareJob = {
  readonly name: string
  readonly units: number
  readonly spin: number
  readonly priceWei: string
}

/** Fields of the manifest to put in the place of the usual ones. */
export type Fields = Readonly<Record<string, unknown>>

const [GET, SET, CONST, SUB, LOOP, BR_IF, LOAD, STORE, VOID] = [
  0x20, 0x22, 0x41, 0x6b, 0x03, 0x0d, 0x28, 0x36, 0x40,
]
const unit = [GET, 0, LOAD, 2, 0]

/** The kernel: it reads the unit and the number of turns. */
export const squareKernel = assemble({
  locals: [[1, 0x7f]],
  run: [
    ...[GET, 0, LOAD, 2, 4, 0x21, 2],
    ...[LOOP, VOID, GET, 2, CONST, 1, SUB, SET, 2, BR_IF, 0, 0x0b],
    ...[CONST, 0, ...unit, ...unit, 0x6c, STORE, 2, 0, 0x42, 4],
  ],
})

/** The manifest of such a job, as somebody would write it: what the file tells is left out. */
export function squareManifest({ name, units, spin, priceWei }: SquareJob, fields: Fields = {}): string {
  const manifest = {
    weft: 1,
    app: { name, version: '1.0.0', licence: 'Apache-2.0', author: '', purpose: 'Squares numbers, slowly.' },
    programs: [{ kind: 'wasm', wasm: { abi: 'kernel1', memoryPages: 4, stdin: [{ u32: ['$i', '$spin'] }] } }],
    params: [{ name: 'spin', type: 'u32', value: spin, label: 'Turns' }],
    units: { kind: 'range', name: 'i', from: 0, to: units },
    outputs: [{ name: 'out', type: 'u32', bytes: 4 }],
    reduce: { kind: 'concat' },
    view: 'none',
    limits: { fuel: 5_000_000_000, timeMs: 30_000, outputBytes: 4 },
    verify: { mode: 'exact-quorum', quorum: 2 },
    price: { replica: priceWei },
    ...fields,
  }
  return JSON.stringify(manifest, null, 2)
}

/** The job with its bytes, for a publisher in Node. */
export function squareDraft(job: SquareJob, fields: Fields = {}): Draft {
  return draftOf(squareManifest(job, fields), [uploadOf('square.wasm', squareKernel)])
}

/** The result that such a job must have. */
export function squares(units: number): Buffer {
  return Buffer.from(Uint32Array.from({ length: units }, (_, i) => i * i).buffer)
}

/** A file that a visitor chooses. */
export type ChosenFile = { readonly name: string; readonly bytes: Uint8Array }

/** Fills in the form for a kernel of one's own. */
export async function fillIn(page: Page, manifest: string, ...files: readonly ChosenFile[]): Promise<void> {
  await page.getByTestId('source-own').check({ force: true })
  const mimeType = 'application/octet-stream'
  await page
    .getByTestId('publish-file')
    .setInputFiles(files.map(({ name, bytes }) => ({ name, mimeType, buffer: Buffer.from(bytes) })))
  await setField(page, 'publish-manifest', manifest)
}

/** Publishes a job of squares from the page; resolves with its id when its own page shows. */
export async function publishSquares(page: Page, url: string, job: SquareJob): Promise<Hex> {
  await page.goto(`${url}/#/publish`)
  await expect(page.getByTestId('publish')).toBeVisible(PATIENCE)
  await fillIn(page, squareManifest(job), { name: 'square.wasm', bytes: squareKernel })
  return publishFilled(page)
}

/** Publishes what is filled in. */
export async function publishFilled(page: Page): Promise<Hex> {
  await page.getByTestId('publish').click()
  await page.waitForURL(/#\/jobs\/0x/, PATIENCE)
  const [, id = ''] = /#\/jobs\/(0x[0-9a-f]{64})/.exec(page.url()) ?? []
  return toHex(fromHex(id, 'job id'))
}
