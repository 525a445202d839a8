import { createServer } from 'node:net'
import { Failure } from '../protocol/failure.ts'

/** What listens on a port: its name, the port it usually has, and the one that was asked for, if any. */
export type PortWish = {
  readonly name: string
  readonly usual: number
  readonly wanted?: number | undefined
  report(line: string): void
}

const HOST = '127.0.0.1'
const TRIES = 100

/** The usual ports of a network on one machine. */
export const PORTS = { web: 8080, chain: 8545, relay: 9090, publisher: 9091 } as const

/**
 * Picks a free port: the one asked for, or else the usual one or the next that is free, and then says so.
 * Throws `refused`, naming a free port, when the one asked for is taken.
 */
export async function pickPort({ name, usual, wanted, report }: PortWish): Promise<number> {
  if (wanted === 0) return freePort(0)
  const first = wanted ?? usual
  const port = await freePort(first)
  if (port === first) return port
  if (wanted !== undefined) {
    throw new Failure(
      'refused',
      `Port ${first} (${name}) is taken. Free is, for example, ${port}: --port ${port}`,
    )
  }
  report(`Port ${first} (${name}) is taken; using ${port}`)
  return port
}

/** Finds the first free port of the loopback interface from `first` on; 0 takes any. Throws `refused`. */
async function freePort(first: number): Promise<number> {
  const last = Math.min(first + TRIES, 65_535)
  for (let port = first; port <= last; port += 1) {
    const found = await tryPort(port)
    if (found !== undefined) return found
  }
  throw new Failure('refused', `The ports from ${first} to ${last} are all taken`)
}

/** Tells whether nothing listens on a port of the loopback interface. */
export async function isFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== undefined
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ host: HOST, port, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
    })
  })
}
