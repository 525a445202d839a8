import type { SignedAnnouncement } from '../../protocol/announcement.ts'
import { packAnnouncement } from '../../protocol/announcement.ts'
import { encodeCbor } from '../../protocol/cbor.ts'
import type { Frame } from '../../protocol/frame.ts'

/** The protocol by which relays keep the open jobs: announce, query, watch. */
export const REGISTRY_PROTOCOL = '/weft/registry/1'

/**
 * The frames of the registry. A peer says ANNOUNCE (a signed announcement), QUERY or WATCH (nothing), or WITNESS (a signed
 * statement of an announced job); the relay answers ACCEPTED or REFUSED (a sentence) to the first, ENTRIES (a list of signed
 * announcements) and at last LISTED to QUERY and WATCH, and goes on with ENTRIES of the watch's request as the registry
 * changes. What expires is not told. To WITNESS it answers FIRST with the statement that it was shown first for this place
 * (job, epoch, `seq`), or REFUSED: two settlers' truths meet there.
 */
export const REGISTRY_FRAME = {
  announce: 1,
  query: 2,
  watch: 3,
  witness: 4,
  accepted: 16,
  refused: 17,
  entries: 18,
  listed: 19,
  first: 20,
} as const

const PAGE_BYTES = 256 * 1024

/** Makes the frames of a list of announcements, each of a moderate size. */
export function entriesFrames(list: readonly SignedAnnouncement[], request: number): Frame[] {
  const frames: Frame[] = []
  let page: unknown[] = []
  let bytes = 0
  for (const signed of list) {
    const packed = packAnnouncement(signed)
    page.push(packed)
    bytes += encodeCbor(packed).length
    if (bytes < PAGE_BYTES) continue
    frames.push({ type: REGISTRY_FRAME.entries, request, body: page })
    page = []
    bytes = 0
  }
  if (page.length > 0) frames.push({ type: REGISTRY_FRAME.entries, request, body: page })
  return frames
}
