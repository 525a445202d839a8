import { createHash } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../protocol/failure.ts'

const RETRIES = 20
const RETRY_MS = 100

/** The sole use of a folder, until it is released. */
export type Claim = { release(): void }

/**
 * Makes this process the only one that uses a folder, until `release` is called or the process dies in whatever way: the
 * claim is a socket name that the system frees by itself. Throws `storage` when another has it.
 */
export async function claimFolder(folder: string): Promise<Claim> {
  const name = claimName(await realpath(folder))
  for (let attempt = 1; ; attempt += 1) {
    const server = await listen(name)
    if (server !== undefined) return { release: () => void server.close() }
    if (attempt === RETRIES) break
    await sleep(RETRY_MS) // a former owner that is just closing
  }
  throw new Failure(
    'storage',
    `Store ${folder}: another process is using it. Stop that process, or choose another folder`,
  )
}

function claimName(folder: string): string {
  const name = `weft-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`
  if (process.platform === 'linux') return `\0${name}`
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), name)
}

function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else
        reject(
          new Failure('storage', `The store's folder cannot be claimed: ${error.message}`, { cause: error }),
        )
    })
    server.listen(name, () => resolve(server.unref()))
  })
}
