/** A posted leaf of an account that was challenged for. `leaves` of one account are in their order: by epoch, then by index. */
export type ShownLeaf = { readonly amount: bigint; readonly isFinal: boolean }

/** A promise that was challenged: what is still to be shown of it, and what was shown before. */
export type Challenged = {
  readonly missing: bigint
  readonly proven: bigint
  /** The seconds until it can no more be answered, and how many there were at first. */
  readonly leftSeconds: number
  readonly challengeDelay: number
}

/** What to do about a challenge: show leaves, wait until posted ones are final, or first post what was promised. */
export type Reply<Leaf> =
  | { readonly kind: 'answer'; readonly leaves: readonly Leaf[] }
  | { readonly kind: 'wait' }
  | { readonly kind: 'post' }

/** When less than this part of the time is left, what there is to show is shown, although it does not add up: it lessens the loss. */
const LAST_PART = 0.25

/** Decides how to reply to a challenge with the leaves that are posted: only final ones count, and they must add up in one answer. */
export function chooseReply<Leaf extends ShownLeaf>(
  leaves: readonly Leaf[],
  { missing, proven, leftSeconds, challengeDelay }: Challenged,
): Reply<Leaf> {
  const final = leaves.filter(({ isFinal }) => isFinal)
  const shown = fewest(final, missing)
  if (leftSeconds <= 0) return { kind: 'wait' }
  const isLate = leftSeconds <= challengeDelay * LAST_PART
  if (sum(shown) >= missing || (isLate && sum(shown) > proven)) return { kind: 'answer', leaves: shown }
  return sum(leaves) >= missing ? { kind: 'wait' } : { kind: 'post' }
}

/** The fewest leaves that add up to `enough`, or all, in their order: each one costs gas. */
function fewest<Leaf extends ShownLeaf>(leaves: readonly Leaf[], enough: bigint): Leaf[] {
  const chosen = new Set<Leaf>()
  let total = 0n
  for (const leaf of [...leaves].sort((a, b) => (a.amount < b.amount ? 1 : -1))) {
    if (total >= enough) break
    chosen.add(leaf)
    total += leaf.amount
  }
  return leaves.filter((leaf) => chosen.has(leaf))
}

function sum(leaves: readonly ShownLeaf[]): bigint {
  return leaves.reduce((total, { amount }) => total + amount, 0n)
}
