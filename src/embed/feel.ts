const BEAT_MS = 50
const MAX_LAG_MS = 50
const WINDOW_MS = 5_000
/** Late for more than this share of the time is a page that stutters. */
const MAX_LATE = 0.05

/**
 * Calls back every five seconds in which this page stuttered, while it is visible and `isWanted`. A timer and then a frame: a busy
 * script makes both late, a busy GPU the frame.
 */
export function feel(isWanted: () => boolean, onLate: () => void): void {
  let feltMs = 0
  let lateMs = 0
  let last = 0
  const forget = (): void => {
    last = 0 // a page that was hidden has no frames
  }
  function beat(now: number): void {
    if (!isWanted()) {
      document.removeEventListener('visibilitychange', forget)
      return
    }
    const ms = last === 0 ? 0 : now - last
    last = now
    feltMs += ms
    if (ms > BEAT_MS + MAX_LAG_MS) lateMs += ms - BEAT_MS
    if (feltMs >= WINDOW_MS) {
      if (lateMs > feltMs * MAX_LATE) onLate()
      feltMs = lateMs = 0
    }
    setTimeout(() => requestAnimationFrame(beat), BEAT_MS)
  }
  document.addEventListener('visibilitychange', forget)
  requestAnimationFrame(beat)
}
