import { setMaxListeners } from 'node:events'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { makeKey } from '../protocol/account.ts'
import type { Relay } from './relay.ts'
import { startRelay } from './relay.ts'

/** Runs one relay for all tests of a file; `signal` ends what a single test opens. */
export function useRelay(): { readonly relay: Relay; readonly signal: AbortSignal } {
  const lifetime = new AbortController()
  setMaxListeners(0, lifetime.signal)
  const parts: { relay?: Relay } = {}
  let brief = new AbortController()
  const started = (): Relay => {
    if (parts.relay === undefined) throw new Error('the relay starts before the first test')
    return parts.relay
  }
  beforeAll(async () => {
    parts.relay = await startRelay({ key: makeKey() }, lifetime.signal)
  })
  beforeEach(() => {
    brief = new AbortController()
    setMaxListeners(0, brief.signal)
  })
  afterEach(() => brief.abort())
  afterAll(async () => {
    lifetime.abort()
    await started().stopped
  })
  return {
    get relay() {
      return started()
    },
    get signal() {
      return brief.signal
    },
  }
}
