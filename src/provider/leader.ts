/** The state that a working tab tells the other tabs of its profile. */
export type Whisper<T> = { tell(state: T): void; listen(listener: (state: T) => void): void; close(): void }

/**
 * Waits until this tab is the one of its profile that works, and holds that until the signal aborts. `onWait` is called when
 * another tab works now. Where the browser has no locks for us (a frame on another site) every page works for itself.
 */
export async function lead(
  name: string,
  { signal, onWait }: { signal: AbortSignal; onWait(): void },
): Promise<void> {
  const released = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  )
  if (!(await hasLocks())) return
  const isFree = await take(name, { ifAvailable: true }, released)
  if (isFree) return
  onWait()
  await take(name, { signal }, released)
}

/** Opens the channel by which tabs of one profile tell what the working one does. */
export function openWhisper<T>(name: string): Whisper<T> {
  const channel = new BroadcastChannel(name)
  return {
    tell: (state) => channel.postMessage(state),
    listen(listener) {
      channel.onmessage = (event: MessageEvent<T>) => listener(event.data)
    },
    close: () => channel.close(),
  }
}

/** Resolves with whether the lock was got; it is then held until `released`. */
function take(name: string, options: LockOptions, released: Promise<void>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, options, async (lock) => {
        resolve(lock !== null)
        if (lock !== null) await released
      })
      .catch(reject)
  })
}

async function hasLocks(): Promise<boolean> {
  try {
    await navigator.locks.query()
    return true
  } catch {
    return false // a third-party frame may not ask
  }
}
