import type { Bell } from '../p2p/bell.ts'
import type { PrivateKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { ExecutorKind } from '../protocol/work/hello.ts'
import type { Claim, Turns } from '../worker/pool/turns.ts'
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
  /** Whose turn it is, on all lanes of an executor together. */
  readonly turns: Readonly<Record<ExecutorKind, Turns>>
  /** Whether this lane is one of those that the visitor allows now. */
  isAllowed(lane: Lane): boolean
  /** Asks publishers for more. */
  refill(): void
  readonly governor: Governor
  identity(): { readonly key: PrivateKey; readonly payee: Address }
}

const WAIT_MS = 1_000

/** Runs leases on one lane until the signal aborts; publishers and their jobs take turns, in the middle of a long lease too. */
export async function provide(lane: Lane, ports: LanePorts, signal: AbortSignal): Promise<void> {
  const turns = ports.turns[lane.executor]
  while (!signal.aborted) {
    const found = ports.isAllowed(lane) ? nextLease(lane, ports.works(), turns) : undefined
    if (found === undefined) {
      ports.refill()
      await lane.bell.wait(WAIT_MS, signal)
      continue
    }
    const { work, lease } = found
    const end = turns.begin(claimOf(work))
    const ran = await work.run(lease, ports.identity()).finally(end)
    ports.refill()
    await ports.governor.rest(lane, { jobId: work.said.jobId, ...ran }, signal)
  }
}

function nextLease(
  { executor }: Lane,
  works: readonly JobWork[],
  turns: Turns,
): { work: JobWork; lease: Lease } | undefined {
  const suited = works.filter((work) => work.executor === executor)
  for (const work of turns.sort(suited, claimOf)) {
    const lease = work.next()
    if (lease !== undefined) return { work, lease }
  }
  return undefined
}

function claimOf({ said }: JobWork): Claim {
  return { owner: said.opening.publisher, job: said.jobId }
}
