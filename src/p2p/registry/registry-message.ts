import type { SignedAnnouncement } from '../../protocol/announcement.ts'
import { packAnnouncement } from '../../protocol/announcement.ts'
import { encodeCbor } from '../../protocol/cbor.ts'
import type { Terms } from '../../protocol/escrow/opening.ts'
import type { Frame } from '../../protocol/frame.ts'

/** The protocol by which relays keep the open jobs, and what is promised for them: announce, query, watch, witness, mirror. */
export const REGISTRY_PROTOCOL = '/weft/registry/1'

/**
 * The frames of the registry. A peer says ANNOUNCE (a signed announcement), QUERY or WATCH (nothing), or WITNESS (a signed
 * statement of an announced job); the relay answers ACCEPTED or REFUSED (a sentence) to the first, ENTRIES (a list of signed
 * announcements) and at last LISTED to QUERY and WATCH, and goes on with ENTRIES of the watch's request as the registry
 * changes. What expires is not told. To WITNESS it answers FIRST with the statement that it was shown first for this place
 * (job, epoch, `seq`), or REFUSED: two settlers' truths meet there. MIRROR (a signed statement of the asker's own job) has
 * the relay fetch the statement's list of leaves from the asker as a blob by its digest, and keep it for others to fetch in
 * the same way; it answers MIRRORED when it has the list, or REFUSED.
 */
export const REGISTRY_FRAME = {
  announce: 1,
  query: 2,
  watch: 3,
  witness: 4,
  mirror: 5,
  accepted: 16,
  refused: 17,
  entries: 18,
  listed: 19,
  first: 20,
  mirrored: 21,
} as const

/** Whoever follows a job looks now and then only, however short its delays are. */
const KEPT_BEYOND_SECONDS = 3_600

/** For how long the list of a posted statement is kept: while the statement may still be challenged, and a while beyond. */
export function keptSeconds({
  postDelay,
  challengeDelay,
}: Pick<Terms, 'postDelay' | 'challengeDelay'>): number {
  return postDelay + challengeDelay + KEPT_BEYOND_SECONDS
}

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
