import type { Speed } from '../../market/frame-size.ts'
import type { Address } from '../../protocol/address.ts'
import type { ExecutorKind, Hello } from '../../protocol/work/hello.ts'
import type { IdleReason, WorkMessage } from '../../protocol/work/message.ts'
import type { ProviderRow } from '../state.ts'

/** A provider at one job: what it asked for and how it has done. One connection has a seat at each job that it works on. */
export type Seat = {
  readonly account: Address
  readonly payee: Address
  readonly hello: Hello
  readonly path: ProviderRow['path']
  tell(message: WorkMessage): void
  /** Frames that it has asked for and not had. */
  readonly credit: Record<ExecutorKind, number>
  readonly speed: Record<ExecutorKind, Speed>
  /** Why it was last told that there is nothing for it; the same is not told twice. */
  readonly toldIdle: Record<ExecutorKind, IdleReason | undefined>
  isFollowing: boolean
  readonly joinedAt: number
  wantedAt: number
  /** It cannot run the job, and has not asked for work since it said so. */
  hasLeft: boolean
}

/** Gives a connected provider its seat at a job. */
export function takeSeat(peer: Pick<Seat, 'account' | 'hello' | 'path' | 'tell'>, nowMs: number): Seat {
  return {
    ...peer,
    payee: peer.hello.payee,
    credit: { wasm: 0, wgsl: 0 },
    speed: { wasm: undefined, wgsl: undefined },
    toldIdle: { wasm: undefined, wgsl: undefined },
    isFollowing: false,
    joinedAt: nowMs,
    wantedAt: 0,
    hasLeft: false,
  }
}
