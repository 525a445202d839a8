/** What went wrong, as far as a caller may want to tell cases apart. */
export type FailureCode =
  | 'malformed' // bytes or a form that do not parse; the message names the field
  | 'unsupported' // in the format, but not yet supported
  | 'refused' // a policy or a peer said no
  | 'unreachable' // a peer, a relay or the chain could not be reached
  | 'timeout' // no answer within the stated time
  | 'compile' // a kernel that does not compile
  | 'trap' // a kernel that failed while running
  | 'fuel' // a kernel that used up its instructions or iterations
  | 'memory' // a kernel that asked for more memory than its limit
  | 'oversized' // an output, frame or file over its limit
  | 'device-lost' // the GPU went away
  | 'wedged' // the GPU does not answer any more
  | 'uncovered' // a promise that the escrow does not cover
  | 'reverted' // the contract refused; the message carries its reason
  | 'storage' // the browser or the disk refused to keep something
  | 'cancelled' // somebody asked to stop

/** The one error class that callers handle; `code` tells the cases apart, `message` is for a person. */
export class Failure extends Error {
  readonly code: FailureCode

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Failure'
    this.code = code
  }
}

/** Makes the failure of a parser: what was expected at `path`, and a short picture of what was found. */
export function malformed(path: string, expected: string, found?: unknown): Failure {
  const tail = found === undefined ? '' : `, found ${sketch(found)}`
  return new Failure('malformed', `${path || 'the whole'}: expected ${expected}${tail}`)
}

/** Turns anything thrown into a sentence for a person. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function sketch(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'object') return 'an object'
  return String(value)
}
