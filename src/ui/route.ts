import type { Hex } from '../protocol/bytes.ts'

/** The pages of the app, as the part of the address after `#` names them. */
export type Route =
  | { readonly kind: 'contribute' }
  | { readonly kind: 'jobs' }
  | { readonly kind: 'job'; readonly jobId: Hex }
  | { readonly kind: 'publish' }
  | { readonly kind: 'wallet' }

/** Reads the hash of an address; what it does not know is the first page. */
export function parseRoute(hash: string): Route {
  const [, page, id] = hash.split('/')
  if (page === 'publish' || page === 'wallet') return { kind: page }
  if (page !== 'jobs') return { kind: 'contribute' }
  return id !== undefined && /^0x[0-9a-f]{64}$/.test(id)
    ? { kind: 'job', jobId: id as Hex }
    : { kind: 'jobs' }
}

/** Writes a route as the hash of a link. */
export function linkTo(route: Route): string {
  return route.kind === 'job' ? `#/jobs/${route.jobId}` : `#/${route.kind}`
}
