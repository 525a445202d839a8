import type { Objection } from '../../market/choose-job.ts'
import type { Address } from '../../protocol/address.ts'
import type { TokenBook } from '../money/token-book.ts'
import type { JobView } from '../state.ts'
import type { JobWork } from './job-work.ts'

const OBJECTIONS: readonly string[] = ['skipped', 'other-token', 'below-minimum'] satisfies Objection[]

/** Whether a job is left alone for what the visitor has set. */
export function isObjected(kind: JobView['kind']): boolean {
  return OBJECTIONS.includes(kind)
}

/** Whether a job is worked on, or could be. */
export function isOpen({ kind }: Pick<JobWork, 'kind'>): boolean {
  return kind === 'open' || kind === 'working'
}

/** Whether its publisher has said that there is nothing left to do. */
export function isDone({ idle }: Pick<JobWork, 'idle'>): boolean {
  return idle === 'done' || idle === 'closing'
}

/** Takes up a job again that is announced anew; what was known of it is asked again. */
export function reopen(work: JobWork): void {
  work.kind = 'open'
  work.why = ''
  work.chain = undefined
}

/** Says what stands against a job. Anybody may call a token anything, so its address is always said. */
export function explainObjection(
  objection: NonNullable<Objection>,
  token: Address,
  tokens: Pick<TokenBook, 'of'>,
): string {
  if (objection === 'skipped') return 'skipped by you'
  if (objection === 'below-minimum') return 'the price is below your minimum'
  const symbol = tokens.of(token)?.symbol ?? 'a token'
  return `It pays in ${symbol} (${token}): accept that token in the settings to work for it`
}
