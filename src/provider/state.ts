import type { Token } from '../chain/token/token.ts'
import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import type { Wei } from '../protocol/wei.ts'
import type { ExecutorKind } from '../protocol/work/hello.ts'
import type { UnitFailure } from '../protocol/work/message.ts'
import type { CashOutDone, CashOutOffer, CashOutView, CashOutWish } from './cash-out/cash-out.ts'
import type { Decision, PauseCode, Rules } from './governor/decide.ts'
import type { Notice } from './money/guard/notices.ts'

/** What the visitor may set. Kept in the browser and taken up again. */
export type ProviderSettings = Rules & {
  readonly executor: 'auto' | ExecutorKind
  /** The lowest price of a replica that is worked for, in the chain's coin. */
  readonly minPrice: Wei
  /** The tokens that are worked for beside the chain's coin; `minPrice` says nothing of them. */
  readonly tokens: readonly Address[]
  readonly skippedJobs: readonly Hex[]
  readonly skippedPublishers: readonly Address[]
  /** How many results are left unpaid before no more are delivered. */
  readonly maxUnpaid: number
  /** Who is paid; the tab's own account when absent. */
  readonly payee?: Address
}

/** Why no unit is running: the code for tests and styles, the text for a person. Never absent while idle. */
export type Idle = { readonly code: IdleCode; readonly text: string }
export type IdleCode =
  | 'starting' // the engine opens its parts
  | 'paused' // the visitor paused
  | PauseCode // the governor paused
  | 'relay' // no relay is connected
  | 'chain' // the chain does not answer
  | 'no-jobs' // no open job is announced
  | 'none-suits' // every open job is skipped, below the minimum price, or not runnable here
  | 'connecting' // a publisher is being dialled
  | 'loading' // kernel and inputs are being fetched
  | 'waiting' // the publisher has no unit for us just now
  | 'unsigned' // too much delivered work is not covered by a signed statement
  | 'unposted' // too much is promised and not posted
  | 'unlisted' // the leaves of a posted epoch are not to be had
  | 'follower' // another tab of this profile works
  | 'failed' // the engine cannot go on; the text says why

/** What a visitor sees of one open job. */
export type JobView = {
  readonly jobId: Hex
  readonly name: string
  readonly purpose: string
  readonly publisher: Address
  /** What an accepted result earns; with a `rate` for each million instructions, at most. */
  readonly price: Wei
  readonly rate: Wei | undefined
  /** What it pays in; undefined is the chain's own coin. */
  readonly token: Token | undefined
  readonly kind:
    | 'open'
    | 'working'
    | 'skipped'
    | 'other-token'
    | 'below-minimum'
    | 'unsuitable'
    | 'refused'
    | 'ended'
  /** Why it is not worked on; empty while working. */
  readonly why: string
  readonly path: 'webrtc' | 'websocket' | 'relayed' | undefined
  readonly executor: ExecutorKind | undefined
  readonly manifest: Manifest | undefined
  readonly unitCount: number
  readonly acceptedUnits: number
  /** Units in which the publisher itself gave the missing opinion, unpaid. */
  readonly ownOpinions: number
  /** Of this tab: results delivered, accepted and rejected. */
  readonly delivered: number
  readonly accepted: number
  readonly rejected: number
}

/** Money of this account, in the smallest unit. Each coin is in one place. */
export type Money = {
  /** Signed for, and not final. */
  readonly promised: Wei
  /** Posted and final, but not paid out. */
  readonly claimable: Wei
  /** Its payment was sent, or is not under the chain's confirmations yet. */
  readonly inTransit: Wei
  /** Paid on chain, under its confirmations. */
  readonly paid: Wei
}

/** What was earned in a token. */
export type TokenMoney = { readonly token: Token; readonly money: Money }

/** A part of what was earned in a job, and where it is. */
export type PayPart = {
  readonly jobId: Hex
  /** Undefined for what was paid long ago. */
  readonly epoch: number | undefined
  readonly amount: Wei
  /** `void`: another statement became final, which lacks it; it is promised anew, or the bond pays it. */
  readonly stage: 'promised' | 'posted' | Exclude<keyof Money, 'promised'> | 'void'
  /** When a posted part is final (seconds since 1970); zero before. */
  readonly finalAt: number
}

/** What a provider is doing, as one value that a page can show. */
export type ProviderState = {
  readonly phase: 'starting' | 'running' | 'paused' | 'follower' | 'failed'
  readonly idle: Idle | undefined
  readonly account: Address
  readonly payee: Address
  readonly relay: { readonly kind: 'connecting' | 'connected' | 'lost'; readonly text: string }
  /** How units are run here, e.g. "data worker, WebGPU on a software adapter"; empty until known. */
  readonly sandbox: string
  /** What the admission benchmark measured, in words; empty until then. */
  readonly measured: string
  readonly hasGpu: boolean
  /** Why a GPU that there is is not used now; empty while nothing is wrong with it. */
  readonly gpuTrouble: string
  readonly settings: ProviderSettings
  readonly jobs: readonly JobView[]
  /** In the chain's own coin. */
  readonly money: Money
  /** In tokens: those that are accepted, and those that were earned. */
  readonly tokens: readonly TokenMoney[]
  /** The parts that `money` is made of. */
  readonly pay: readonly PayPart[]
  /** Cash-outs that a relay has sent and that do not count yet. */
  readonly cashOuts: readonly CashOutView[]
  /** What was done for the money lately, the newest first. */
  readonly notices: readonly Notice[]
  /** What was promised on an earlier local chain that is gone: those statements are void. */
  readonly voided: Wei
  readonly delivered: number
  readonly accepted: number
  readonly rejected: number
  readonly failed: number
  readonly running: number
  /** Until when a pause lasts (ms since 1970); undefined: until resumed. */
  readonly pausedUntil: number | undefined
  /** How much may run now, and why not more. */
  readonly governed: Decision
}

/** One unit's output to show: the tab's own at once, others' when accepted. */
export type Tile = {
  readonly jobId: Hex
  readonly unit: number
  readonly output: Uint8Array
  readonly isOwn: boolean
}

/** One line of the visitor's history. */
export type HistoryEntry = {
  readonly at: number
  readonly jobId: Hex
  readonly jobName: string
  readonly unit: number
  readonly kind: 'delivered' | 'accepted' | 'rejected' | 'failed'
  /** In which way it failed; undefined for what did not. */
  readonly code: UnitFailure | undefined
  /** What it earns, or would have. */
  readonly price: Wei
  /** What the price is in; the zero address is the chain's own coin. */
  readonly token: Address
  readonly why: string
  /** What those results of its job that were accepted before this one are worth. */
  readonly before: bigint | undefined
}

/** A provider that runs in a tab. It ends when the signal given at its start aborts. */
export type TabProvider = {
  /** Calls back at once and at every change, at most 5 times a second. Returns how to stop. */
  subscribe(listener: (state: ProviderState) => void): () => void
  /** Calls back for every tile, those so far included. Returns how to stop. */
  watchTiles(listener: (tile: Tile) => void): () => void
  pause(untilMs?: number): void
  resume(): void
  /** Lets work run for this visit although the governor stops it for this. */
  override(code: PauseCode): void
  /** Tells whether the visitor can see the frame that this runs in; unseen it does not work. */
  setInView(isInView: boolean): void
  /** Tells that the page around the frame stutters. */
  hostIsLate(): void
  change(settings: Partial<ProviderSettings>): Promise<void>
  history(): Promise<readonly HistoryEntry[]>
  /** Reads a token that could be accepted. Throws `refused` naming why it cannot, `malformed` or `unreachable`. */
  readToken(token: Address): Promise<Token>
  /** What can be cashed out now of a token or of the coin, and for which fee. Throws `refused` in a tab that only follows, `unreachable`. */
  quoteCashOut(token: Address): Promise<CashOutOffer | undefined>
  /** Cashes out; resolves when it counts. Throws `refused`, `unreachable`, `reverted`, `timeout`. */
  cashOut(wish: CashOutWish): Promise<CashOutDone>
  /** The transaction by which anybody can pay what is claimable. Throws `refused`. */
  exportClaim(): Promise<string>
  /** The private key as hexadecimal digits. Whoever has it has the money. */
  exportKey(): Promise<string>
  /** Takes another key; the engine starts again with it. Throws `malformed`. */
  importKey(text: string): Promise<void>
}
