/**
 * Says for a person why a dial failed: libp2p throws errors, lists of errors, and the error events of sockets, which in
 * a browser tell nothing.
 */
export function explain(error: unknown): string {
  if (error instanceof AggregateError)
    return error.errors.map(explain).join(', ') || 'no address could be dialled'
  if (typeof error !== 'object' || error === null) return String(error)
  // An error event has a message as an error has, or none.
  const name = 'name' in error ? String(error.name) : ''
  const message = 'message' in error ? String(error.message) : ''
  if (name === 'DialDeniedError') return 'this page may not open that address'
  if (/timeout|timed out/i.test(`${name} ${message}`)) return 'no answer in time'
  if (message.includes('NO_RESERVATION')) return 'it is not at its relay any more'
  return message === '' ? 'the connection failed' : message
}
