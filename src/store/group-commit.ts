/** Appends that are gathered into shared transactions, in order. */
export type GroupCommit<T> = {
  /** Resolves when the item's transaction is complete. After one failed transaction all later items fail with it. */
  add(item: T): Promise<void>
  /** Resolves when nothing is waiting. */
  idle(): Promise<void>
}

type Waiting<T> = { readonly item: T; resolve(): void; reject(error: unknown): void }

/**
 * Groups commits without a clock, because timers of a hidden tab fire once a second: whatever arrives while one
 * transaction is under way shares the next.
 */
export function groupCommits<T>(commit: (batch: readonly T[]) => Promise<void>): GroupCommit<T> {
  let waiting: Waiting<T>[] = []
  let running: Promise<void> | undefined
  let broken: { readonly error: unknown } | undefined

  async function run(): Promise<void> {
    await Promise.resolve() // what is added in the same turn shares a transaction
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        if (broken !== undefined) throw broken.error
        await commit(batch.map(({ item }) => item))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        broken ??= { error }
        for (const { reject } of batch) reject(error)
      }
    }
    running = undefined
  }

  return {
    add(item) {
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject })
        running ??= run()
      })
    },
    async idle() {
      await running
    },
  }
}
