import type { ProviderState } from '../../provider/state.ts'
import { text } from './strings.ts'

/** What a provider is doing in one line: a kind for colours and icons, and the words. */
export type StatusLine = {
  readonly kind: 'running' | 'idle' | 'paused' | 'follower' | 'failed'
  readonly text: string
}

/** Says what a provider does, and while it does nothing, why. */
export function statusLine(view: ProviderState): StatusLine {
  const why = view.idle?.text ?? ''
  if (view.phase === 'failed') return { kind: 'failed', text: why }
  if (view.phase === 'follower') return { kind: 'follower', text: text('role') }
  if (view.phase === 'paused') return { kind: 'paused', text: pauseText(view.pausedUntil) }
  if (view.governed.paused !== undefined) return { kind: 'paused', text: why }
  if (view.idle !== undefined) return { kind: 'idle', text: why }
  const name = view.jobs.find((job) => job.kind === 'working')?.name ?? '…'
  return { kind: 'running', text: text('working', { name, running: view.running }) }
}

function pauseText(untilMs: number | undefined): string {
  if (untilMs === undefined) return text('paused')
  const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }).format(untilMs)
  return text('pausedUntil', { time })
}
