import type { Bell } from '../p2p/bell.ts'
import type { PrivateKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { ExecutorKind } from '../protocol/work/hello.ts'
import type { Governor } from './governor/governor.ts'
import type { JobWork, Lease } from './job/job-work.ts'

/** One strand of work: a lane runs one frame after the other on its executor. */
export type Lane = {
  readonly name: string
  /** Its place among the lanes of its executor. */
  readonly index: number
  readonly executor: ExecutorKind
  readonly bell: Bell
}

/** What a lane needs from outside. */
export type LanePorts = {
  /** The jobs that are worked on, best first. */
  works(): readonly JobWork[]
  /** Whether this lane is one of those that the visitor allows now. */
  isAllowed(lane: Lane): boolean
  /** Asks publishers for more. */
  refill(): void
  readonly governor: Governor
  identity(): { readonly key: PrivateKey; readonly payee: Address }
}

const WAIT_MS = 1_000

/** Runs leases on one lane until the signal aborts; the jobs take turns, in the middle of a long lease too. */
export async function provide(lane: Lane, ports: LanePorts, signal: AbortSignal): Promise<void> {
  let turn = 0
  while (!signal.aborted) {
    const found = ports.isAllowed(lane) ? nextLease(lane, ports.works(), turn) : undefined
    if (found === undefined) {
      ports.refill()
      await lane.bell.wait(WAIT_MS, signal)
      continue
    }
    turn += 1
    const { work, lease } = found
    const ran = await work.run(lease, ports.identity())
    ports.refill()
    await ports.governor.rest(lane, { jobId: work.said.jobId, ...ran }, signal)
  }
}

function nextLease(
  { executor }: Lane,
  works: readonly JobWork[],
  turn: number,
): { work: JobWork; lease: Lease } | undefined {
  const suited = works.filter((work) => work.executor === executor)
  for (let offset = 0; offset < suited.length; offset += 1) {
    const work = suited[(turn + offset) % suited.length]
    const lease = work?.next()
    if (work !== undefined && lease !== undefined) return { work, lease }
  }
  return undefined
}
