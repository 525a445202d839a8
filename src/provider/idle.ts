import type { IdleReason } from '../protocol/work/message.ts'
import type { Idle, JobView } from './state.ts'

/** What is known when nothing runs. */
export type IdleFacts = {
  readonly isPaused: boolean
  /** Why the governor lets nothing run. */
  readonly halt: Idle | undefined
  readonly relay: { readonly kind: string; readonly text: string }
  /** What is wrong with the chain; empty when nothing is. */
  readonly chainTrouble: string
  readonly jobs: readonly Pick<JobView, 'kind' | 'why' | 'name'>[]
  readonly isConnecting: boolean
  readonly isLoading: boolean
  /** Why no more is done for the job that is worked on. */
  readonly stopped: Idle | undefined
  readonly said: IdleReason | undefined
}

const SAID: Readonly<Record<IdleReason, string>> = {
  others: 'No unit of the job is free for this tab just now; waiting for one',
  budget: 'What the job still pays for is leased already; waiting for results to be accepted',
  done: 'The job is finished; waiting for the next',
  closing: 'The publisher is ending the job; waiting for the next',
  distrust: 'The publisher rejected too many results of this payee and gives it no more work at this job',
  executor: 'The publisher has no program for this executor',
}

/** Says why nothing runs: the first cause that holds. */
export function explainIdle(facts: IdleFacts): Idle {
  if (facts.isPaused) return { code: 'paused', text: 'Paused' }
  if (facts.halt !== undefined) return { code: facts.halt.code, text: facts.halt.text }
  if (facts.chainTrouble !== '') return { code: 'chain', text: facts.chainTrouble }
  const open = facts.jobs.filter((job) => job.kind !== 'ended')
  const worked = open.filter((job) => job.kind === 'working')
  if (worked.length > 0 && facts.stopped !== undefined) return facts.stopped
  if (facts.isLoading) return { code: 'loading', text: 'Fetching the kernel and its inputs' }
  if (facts.isConnecting) return { code: 'connecting', text: 'Connecting to the publisher' }
  if (worked.length > 0) return { code: 'waiting', text: SAID[facts.said ?? 'others'] }
  if (facts.relay.kind !== 'connected') return { code: 'relay', text: facts.relay.text }
  if (open.length === 0) return { code: 'no-jobs', text: 'No job is open on this network right now' }
  const [first] = open.filter((job) => job.why !== '')
  const why = first === undefined ? '' : ` (${first.name}: ${first.why})`
  return { code: 'none-suits', text: `None of the ${open.length} open jobs is worked on here${why}` }
}
