import type { PeerNode } from '../p2p/peer-node.ts'
import { summarise } from '../p2p/relay-summary.ts'
import type { Address } from '../protocol/address.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import { unitCount } from '../protocol/manifest/manifest.ts'
import type { Wei } from '../protocol/wei.ts'
import type { Sandbox, SandboxReport } from '../worker/sandbox.ts'
import type { Admission } from './admission/admission.ts'
import type { LateCashOuts } from './cash-out/late-cash-outs.ts'
import type { Decision } from './governor/decide.ts'
import { explainIdle } from './idle.ts'
import type { JobBoard } from './job/job-board.ts'
import type { JobWork } from './job/job-work.ts'
import type { Notices } from './money/guard/notices.ts'
import type { Purse } from './money/purse.ts'
import type { TokenBook } from './money/token-book.ts'
import type { Idle, JobView, ProviderSettings, ProviderState, TokenMoney } from './state.ts'

/** What is shown of an engine. */
export type Shown = {
  readonly account: Address
  readonly payee: Address
  readonly settings: ProviderSettings
  readonly board: JobBoard
  readonly counts: Pick<ProviderState, 'delivered' | 'accepted' | 'rejected' | 'failed'>
  readonly parts: {
    readonly node: PeerNode
    readonly sandbox: Sandbox
    readonly admission: Pick<Admission, 'words'>
    readonly purse: Purse
    readonly notices: Notices
    readonly cashOuts: Pick<LateCashOuts, 'views'>
    readonly tokens: TokenBook
    readonly voided: Wei
  }
  readonly isPaused: boolean
  readonly pausedUntil: number | undefined
  readonly governor: { readonly decision: Decision }
  readonly chainTrouble: string
  readonly failure: string
}

/** Shows an engine as one value. */
export function showState(engine: Shown): ProviderState {
  const { account, payee, settings, board, counts, parts, isPaused, failure } = engine
  const works = [...board.works.values()]
  const running = works.reduce((sum, work) => sum + work.running, 0)
  const isBusy = works.some((work) => work.isBusy)
  return {
    phase: failure !== '' ? 'failed' : isPaused ? 'paused' : 'running',
    idle:
      failure === '' && isBusy && !isPaused && engine.governor.decision.paused === undefined
        ? undefined
        : idleOf(engine),
    account,
    payee,
    relay: summarise(parts.node.relays()),
    sandbox: describeSandbox(parts.sandbox.report),
    measured: parts.admission.words,
    hasGpu: parts.sandbox.report.gpu !== undefined,
    gpuTrouble: parts.sandbox.report.gpuTrouble?.why ?? '',
    settings,
    jobs: works.map((work) => showJob(engine, work)),
    money: parts.purse.money(),
    tokens: tokensOf(engine),
    pay: parts.purse.parts,
    cashOuts: parts.cashOuts.views,
    notices: parts.notices.newest,
    voided: parts.voided,
    ...counts,
    running,
    pausedUntil: engine.pausedUntil,
    governed: engine.governor.decision,
  }
}

/** What was earned in each token, and in each that is accepted. */
function tokensOf({ settings, parts: { purse, tokens } }: Shown): TokenMoney[] {
  const all = new Set([...settings.tokens, ...purse.tokens])
  all.delete(ZERO_ADDRESS)
  return [...all].map((token) => ({ token: tokens.named(token), money: purse.money(token) }))
}

function idleOf(engine: Shown): Idle {
  const { board, isPaused, chainTrouble, parts, failure } = engine
  if (failure !== '') return { code: 'failed', text: `The engine stopped: ${failure}. Reload the page` }
  const works = [...board.works.values()]
  const working = works.filter((work) => work.kind === 'working')
  return explainIdle({
    isPaused,
    halt: engine.governor.decision.paused,
    relay: summarise(parts.node.relays()),
    chainTrouble,
    jobs: works.map((work) => ({ kind: work.kind, why: work.why, name: work.said.name })),
    isConnecting: board.isConnecting,
    isLoading: board.isLoading,
    stopped: stopOf(working),
    said: working.find((work) => work.idle !== undefined)?.idle,
  })
}

/** Why nothing is done for all the jobs that are worked on. */
function stopOf(working: readonly JobWork[]): Idle | undefined {
  const stops = working.map((work) => work.stopped)
  return stops.every((stop) => stop !== undefined) ? stops[0] : undefined
}

function showJob(engine: Shown, work: JobWork): JobView {
  const { said, manifest, owed } = work
  return {
    jobId: said.jobId,
    name: said.name,
    purpose: manifest?.app.purpose ?? '',
    publisher: said.opening.publisher,
    price: said.price,
    rate: said.rate,
    token: said.opening.token === ZERO_ADDRESS ? undefined : engine.parts.tokens.named(said.opening.token),
    kind: work.kind,
    why: work.kind === 'open' ? engine.board.visitOf(work)?.trouble || work.why : work.why,
    path: engine.board.visitOf(work)?.link.path,
    executor: work.executor,
    manifest,
    unitCount: manifest === undefined ? 0 : unitCount(manifest),
    acceptedUnits: work.acceptedUnits,
    ownOpinions: work.ownOpinions,
    delivered: owed.delivered,
    accepted: owed.accepted,
    rejected: owed.rejected,
  }
}

function describeSandbox({ mode, gpu }: SandboxReport): string {
  if (gpu === undefined) return `${mode}, WASM`
  const kind = gpu.isFallbackAdapter ? 'a software adapter' : 'a GPU'
  return `${mode}, WASM and WebGPU on ${kind} (${gpu.vendor} ${gpu.architecture})`
}
