import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { pickPort } from './ports.ts'

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

/** Takes a port that has free ones above it, and returns its number. */
async function takePort(): Promise<number> {
  const server = createServer()
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function wish(usual: number, wanted?: number) {
  const lines: string[] = []
  return { lines, name: 'web', usual, wanted, report: (line: string) => void lines.push(line) }
}

test('the usual port is picked without a word when it is free', async () => {
  const port = await takePort()
  await new Promise((resolve) => open.pop()?.close(resolve))
  const asked = wish(port)
  expect(await pickPort(asked)).toBe(port)
  expect(asked.lines).toEqual([])
})

test('a taken usual port is named and the next free one is used', async () => {
  const asked = wish(await takePort())
  const port = await pickPort(asked)
  expect(port).toBeGreaterThan(asked.usual)
  expect(asked.lines).toEqual([`Port ${asked.usual} (web) is taken; using ${port}`])
})

test('a taken port that was asked for is refused, and a free one is named', async () => {
  const taken = await takePort()
  await expect(pickPort(wish(1, taken))).rejects.toThrow(
    new RegExp(`^Port ${taken} \\(web\\) is taken\\. Free is, for example, \\d+: --port \\d+$`),
  )
})

test('port 0 takes any free port', async () => {
  expect(await pickPort(wish(8080, 0))).toBeGreaterThan(1023)
})
