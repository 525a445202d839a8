import { Failure, reason } from '../protocol/failure.ts'

/** Runs what touches the browser's storage; what it throws becomes a `storage` failure that names `what` and the way out. */
export async function refusal<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure('storage', `Storage of ${what}: ${explain(cause)}`, { cause })
  }
}

function explain(cause: unknown): string {
  const name = cause instanceof DOMException ? cause.name : ''
  if (name === 'QuotaExceededError')
    return 'no space is left for this site. Free disk space, then reload the page'
  if (name === 'InvalidStateError')
    return 'it was closed, by this page or for a newer version of it in another tab. Reload the page'
  return reason(cause)
}
