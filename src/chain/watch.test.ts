import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test, vi } from 'vitest'
import { accountOf } from '../protocol/account.ts'
import { testTerms } from '../protocol/escrow/test-opening.ts'
import type { toWei } from '../protocol/wei.ts'
import { chainIdentity, openChain } from './chain.ts'
import { post } from './escrow/epochs.ts'
import type { EscrowEvent } from './escrow/escrow-event.ts'
import { beginClose } from './escrow/jobs.ts'
import { claimMany } from './escrow/payouts.ts'
import { someone, startStage, treeOf } from './escrow/test-job.ts'
import type { Rewound } from './logs/read-range.ts'
import { readEvents, watchEscrow } from './watch.ts'

const { chain, rpcUrl, publisher, settler, stop, open, sign, proven, earn } = await startStage()

afterAll(() => stop())

/** A loopback proxy that drops every connection until it is opened. */
async function openGate(target: string) {
  const gate = { isOpen: false, rpcUrl: '', close: () => server.close() }
  const server = createServer(async (request, response) => {
    if (!gate.isOpen) {
      request.socket.destroy()
      return
    }
    const answer = await fetch(target, {
      method: 'POST',
      body: await text(request),
      headers: { 'content-type': 'application/json' },
    })
    response.setHeader('connection', 'close').end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  gate.rpcUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return gate
}

test('watching tells each event of a job once, in order, and outlives an outage', async () => {
  const { jobId, opening, blockNumber } = await open()
  await open()
  const watching = new AbortController()
  const seen: (EscrowEvent | Rewound)[] = []
  const outages: (string | undefined)[] = []
  const gate = await openGate(rpcUrl)
  const shaky = openChain({ rpcUrl: gate.rpcUrl, pollMs: 20 })
  const done = (async () => {
    const options = { fromBlock: blockNumber, jobId, signal: watching.signal }
    for await (const event of watchEscrow(shaky, {
      ...options,
      onOutage: (failure) => outages.push(failure?.code),
    })) {
      seen.push(event)
      if (event.kind === 'closing') watching.abort()
    }
  })()
  await vi.waitFor(() => expect(outages).toContain('unreachable'), { timeout: 10_000 })
  gate.isOpen = true
  const payee = someone()
  const tree = treeOf([[payee, 4n]])
  const signed = sign(jobId, tree)
  await post(chain, settler, { opening, signed })
  await claimMany(chain, settler, proven(jobId, tree))
  await beginClose(chain, publisher, opening)
  await done
  gate.close()

  expect(seen.map(({ kind }) => kind)).toEqual(['opened', 'contact', 'posted', 'claimed', 'closing'])
  expect(seen[0]).toMatchObject({ publisher: accountOf(publisher), opening, budget: opening.budget })
  expect(seen[1]).toMatchObject({ contact: new Uint8Array([1, 2, 3]) })
  expect(seen[2]).toMatchObject({ statement: signed.statement })
  expect(seen[3]).toMatchObject({ epoch: 0, account: payee, index: 0, amount: 4n })
  expect(outages.at(-1)).toBeUndefined()
})

test('a job with numbers that nobody counts in is passed over, and what follows is read', async () => {
  // The contract does not look at what one post may cap: no amount has more than 88 bits.
  const settlerCap = (1n << 100n) as ReturnType<typeof toWei>
  const odd = await open({ terms: testTerms({ settlerCap }) })
  expect(odd.events.map(({ kind }) => kind)).toEqual(['contact'])
  const { jobId } = await earn([[someone(), 4n]])
  const range = { fromBlock: odd.blockNumber, toBlock: odd.blockNumber + 2n }
  const kinds = (await readEvents(chain, range)).map((event) => [event.kind, 'jobId' in event && event.jobId])
  expect(kinds).toEqual([
    ['contact', odd.jobId],
    ['opened', jobId],
    ['contact', jobId],
    ['posted', jobId],
  ])
})

test('a chain that is not there is unreachable', async () => {
  const gone = openChain({ rpcUrl: 'http://127.0.0.1:1' })
  await expect(chainIdentity(gone)).rejects.toMatchObject({ code: 'unreachable' })
})
