import type { Token } from '../chain/token/token.ts'
import type { Address } from '../protocol/address.ts'
import type { Digest, Hex } from '../protocol/bytes.ts'
import type { Cid } from '../protocol/cid.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import type { Wei } from '../protocol/wei.ts'
import type { ExecutorKind } from '../protocol/work/hello.ts'
import type { UnitFailure } from '../protocol/work/message.ts'
import type { JobMoney } from './funds/job-money.ts'

/** The states of a unit, in the order of the numbers in `PublishedJob.units`. */
export const UNIT_STATES = ['open', 'leased', 'returned', 'accepted', 'paid', 'disputed'] as const
export type UnitState = (typeof UNIT_STATES)[number]

/** One job of this publisher, as a page shows it. */
export type PublishedJob = {
  readonly jobId: Hex
  readonly name: string
  readonly manifest: Manifest
  readonly phase: 'opening' | 'running' | 'settling' | 'closing' | 'closed' | 'failed'
  /** Why nothing moves, or why it failed; empty while all is well. */
  readonly why: string
  readonly isCancelled: boolean
  /** The state of each unit, a number each (see UNIT_STATES). */
  readonly units: Uint8Array
  readonly counts: Readonly<Record<UnitState, number>>
  readonly executions: { readonly wgsl: number; readonly wasm: number; readonly own: number }
  readonly rejected: number
  /** How often units failed, or a program did not load, in which way; after a crash up to an eighth may be forgotten. */
  readonly failures: Readonly<Partial<Record<UnitFailure, number>>>
  readonly price: Wei
  /** What it pays in, and all its amounts are of; undefined is the chain's own coin. */
  readonly token: Token | undefined
  readonly money: JobMoney
  /** Nothing more can be leased: somebody must add to the budget, or the job be cancelled. */
  readonly isSpent: boolean
  /** How long closing takes after the last post, in seconds. */
  readonly closeSeconds: number
  /** What arrived for results, with all that was added. */
  readonly budget: Wei
  /** What the token kept of the deposit on its way: the budget is what arrived. */
  readonly kept: Wei
  readonly bond: Wei
  /** Promised in statements, claimed on chain, given back at the end. */
  readonly promised: Wei
  readonly claimed: Wei
  readonly refunded: Wei
  readonly bondReturned: Wei
  readonly providers: readonly ProviderRow[]
  readonly payments: readonly Payment[]
  readonly startedAt: number
  readonly endedAt: number | undefined
  /** The digest of the reduced result, of several outputs that of their digest file; known when every unit is decided. */
  readonly digest: Digest | undefined
}

export type ProviderRow = {
  readonly account: Address
  readonly payee: Address
  readonly path: 'webrtc' | 'websocket' | 'relayed' | undefined
  readonly delivered: number
  readonly accepted: number
  readonly rejected: number
}

/** A payment that a transaction made. */
export type Payment = {
  readonly payee: Address
  readonly amount: Wei
  readonly epoch: number
  /** The units whose results it pays, in the order they were accepted. */
  readonly units: readonly number[]
  /** Undefined when somebody else had it paid. */
  readonly transaction: Hex | undefined
}

/** Who computed what for one unit. */
export type UnitDetail = {
  readonly unit: number
  readonly state: UnitState
  readonly results: readonly {
    readonly account: Address
    readonly payee: Address
    readonly executor: ExecutorKind
    readonly digest: Digest
    readonly verdict: 'waiting' | 'accepted' | 'rejected'
    readonly isOwn: boolean
  }[]
}

/** What a job would cost at most, before anything is paid. */
export type Quote = {
  readonly units: number
  readonly replicas: number
  readonly budget: Wei
  readonly bond: Wei
  readonly total: Wei
  /** The smallest budget that a job can begin with. */
  readonly least: Wei
}

/** What is to be published: a manifest and the bytes of everything it names by CID. */
export type Draft = {
  readonly manifest: Manifest
  readonly blobs: ReadonlyMap<Cid, Uint8Array>
  /** What is laid down for results now; without it the whole price. */
  readonly budget?: Wei
  /** The token that it pays in; without it the chain's own coin. Prices are in its smallest unit. */
  readonly token?: Address
}

/** A token, and what the publisher has of it. */
export type HeldToken = Token & { readonly balance: Wei }

export type PublisherState = {
  readonly account: Address
  readonly settler: Address
  readonly balance: Wei
  readonly relay: { readonly kind: 'connecting' | 'connected' | 'lost'; readonly text: string }
  readonly jobs: readonly PublishedJob[]
}

/** What is saved of a job's result. */
export type ResultFile = { readonly name: string; readonly bytes: Uint8Array }

/** The reduced result of a job, ready to be saved: a file for each output, in their order, and one with their digests. */
export type JobResult = {
  readonly files: readonly ResultFile[]
  readonly digest: Digest
  readonly digestFile: ResultFile
}

/** A publisher, in a tab or in Node. It ends when the signal given at its start aborts; its jobs go on at the next start. */
export type Publisher = {
  /** Calls back at once and at every change, at most 5 times a second. Returns how to stop. */
  subscribe(listener: (state: PublisherState) => void): () => void
  /** Calls back for each accepted output of a job, those so far included. Returns how to stop. */
  watchOutputs(jobId: Hex, listener: (unit: number, output: Uint8Array) => void): () => void
  quote(manifest: Manifest): Quote
  /** Checks all of a draft that can be told before it is paid for, its programs too. Throws `malformed` or `unsupported` with the path of the field. */
  check(draft: Draft): Promise<void>
  /** Opens the job on chain and announces it. Throws `uncovered` when the balance does not reach, what `check` throws. */
  publish(draft: Draft): Promise<Hex>
  /** Reads a token that a job could pay in. Throws `refused` naming why it cannot, `malformed` or `unreachable`. */
  token(address: Address): Promise<HeldToken>
  /** Adds to a job's budget. Throws `malformed`, `uncovered` or `refused`, naming the amount, or what a transaction throws. */
  topUp(jobId: Hex, amount: Wei): Promise<void>
  /** Ends a job early: what is verified is paid, the rest of the budget and the bond come back. */
  cancel(jobId: Hex): Promise<void>
  unit(jobId: Hex, unit: number): UnitDetail
  /** Throws `refused` while units are missing. */
  result(jobId: Hex): Promise<JobResult>
}
