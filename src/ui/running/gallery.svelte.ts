import type { Hex } from '../../protocol/bytes.ts'
import type { Manifest } from '../../protocol/manifest/manifest.ts'
import type { JobView, Tile } from '../../provider/state.ts'
import { type Picture, pictureOf } from '../picture/picture.svelte.ts'

const MAX_EARLY = 4096

/** The pictures of the jobs that this tab sees, and the job whose picture moved last. */
export class Gallery {
  newest = $state<Hex>()
  /** Grows with every manifest that is learnt. */
  #known = $state(0)
  readonly #pictures = new Map<Hex, Picture | undefined>()
  #early: Tile[] = []

  /** Takes up the manifest of a job, and the tiles that came before it. */
  learn({ jobId, manifest }: Pick<JobView, 'jobId'> & { manifest: Manifest | undefined }): void {
    if (manifest === undefined || this.#pictures.has(jobId)) return
    this.#pictures.set(jobId, pictureOf({ manifest }))
    this.#known += 1
    const tiles = this.#early
    this.#early = []
    for (const tile of tiles) this.add(tile)
  }

  add(tile: Tile): void {
    if (!this.#pictures.has(tile.jobId)) {
      if (this.#early.length < MAX_EARLY) this.#early.push(tile)
      return
    }
    const picture = this.#pictures.get(tile.jobId)
    const isNew = picture?.add(tile.unit, tile.output, tile.isOwn ? Date.now() : undefined)
    if (isNew === true) this.newest = tile.jobId
  }

  picture(jobId: Hex | undefined): Picture | undefined {
    return jobId === undefined || this.#known === 0 ? undefined : this.#pictures.get(jobId)
  }
}
