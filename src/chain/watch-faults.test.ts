import { numberToHex } from 'viem'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { openChain } from './chain.ts'
import { post } from './escrow/epochs.ts'
import type { EscrowEvent } from './escrow/escrow-event.ts'
import { ask, someone, startStage, treeOf } from './escrow/test-job.ts'
import type { Position, Rewound } from './logs/read-range.ts'
import { startFaultyProxy } from './logs/test-proxy.ts'
import type { WatchOptions } from './watch.ts'
import { readEvents, watchEscrow } from './watch.ts'

const { chain, rpcUrl, settler, stop, open, sign } = await startStage()
const proxy = await startFaultyProxy(rpcUrl)
const shaky = openChain({ rpcUrl: proxy.rpcUrl, pollMs: 20 })
const healthy = { ...proxy.faults }

beforeEach(() => void Object.assign(proxy.faults, healthy, { next: [] }))

afterAll(() => {
  proxy.close()
  return stop()
})

/** Watches in the background; `seen` grows as events come. */
function watch(options: Omit<WatchOptions, 'signal'>, on = shaky) {
  const end = new AbortController()
  const seen: (EscrowEvent | Rewound)[] = []
  const trail: Position[] = []
  const done = (async () => {
    const how = { ...options, signal: end.signal, onRead: (at: Position) => void trail.push(at) }
    for await (const event of watchEscrow(on, how)) seen.push(event)
  })()
  const finish = () => {
    end.abort()
    return done
  }
  return { seen, trail, finish }
}

const kinds = (events: readonly { readonly kind: string }[]) => events.map(({ kind }) => kind)
const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 20 })

test('a posted epoch that a reorg removed is taken back, and told again when it is posted again', async () => {
  const { jobId, opening, blockNumber } = await open()
  const { seen, finish } = watch({ fromBlock: blockNumber, jobId })
  await until(() => expect(kinds(seen)).toEqual(['opened', 'contact']))
  const snapshot = await ask(chain, 'evm_snapshot')
  const signed = sign(jobId, treeOf([[someone(), 4n]]))
  const first = await post(chain, settler, { opening, signed })
  await until(() => expect(seen.at(-1)).toMatchObject({ kind: 'posted', blockNumber: first.blockNumber }))

  await ask(chain, 'evm_revert', snapshot)
  await ask(chain, 'anvil_mine', '0x3')
  await until(() => expect(seen.at(-1)).toEqual({ kind: 'rewound', fromBlock: first.blockNumber }))
  expect(
    kinds(await readEvents(shaky, { fromBlock: blockNumber, toBlock: first.blockNumber, jobId })),
  ).toEqual(['opened', 'contact'])
  const second = await post(chain, settler, { opening, signed })
  await until(() => expect(seen.at(-1)).toMatchObject({ kind: 'posted', blockNumber: second.blockNumber }))
  await finish()
  expect(kinds(seen)).toEqual(['opened', 'contact', 'posted', 'rewound', 'posted'])
})

test('with enough confirmations the same reorg is never noticed', async () => {
  const { jobId, opening, blockNumber } = await open()
  const patient = openChain({ rpcUrl: proxy.rpcUrl, pollMs: 20, confirmations: 4 })
  const { seen, finish } = watch({ fromBlock: blockNumber, jobId }, patient)
  const snapshot = await ask(chain, 'evm_snapshot')
  const signed = sign(jobId, treeOf([[someone(), 4n]]))
  await post(chain, settler, { opening, signed })
  await ask(chain, 'anvil_mine', '0x1')
  await ask(chain, 'evm_revert', snapshot)
  const { blockNumber: posted } = await post(chain, settler, { opening, signed })
  await ask(chain, 'anvil_mine', '0x4')
  await until(() => expect(kinds(seen)).toEqual(['opened', 'contact', 'posted']))
  expect(seen.at(-1)).toMatchObject({ blockNumber: posted })
  await finish()
})

test('a watcher under every fault at once tells each event once and in order', async () => {
  const { jobId, opening, blockNumber, hash } = await open()
  for (let epoch = 0; epoch < 4; epoch += 1) {
    await ask(chain, 'anvil_mine', '0x78')
    await post(chain, settler, { opening, signed: sign(jobId, treeOf([[someone(), 4n]]), { epoch }) })
  }
  Object.assign(proxy.faults, { maxBlocks: 40, overRange: 'empty', behind: 2 })
  proxy.faults.next = ['drop', 429, -32005, 'lose', 503, 'refuse', 'drop']
  const { seen, finish } = watch({ fromBlock: blockNumber, jobId, known: { blockNumber, hash } })
  await until(() => expect(seen.length).toBeGreaterThan(3))
  proxy.faults.next = [429, 'drop']
  proxy.faults.behind = 0
  await until(() => expect(seen).toHaveLength(6))
  await finish()
  const truth = await readEvents(chain, { fromBlock: blockNumber, toBlock: blockNumber + 484n, jobId })
  expect(seen).toEqual(truth)
  expect(kinds(seen)).toEqual(['opened', 'contact', 'posted', 'posted', 'posted', 'posted'])
})

test('a watcher that was ended goes on where it was, when it is given its trail', async () => {
  const { jobId, opening, blockNumber } = await open()
  const before = watch({ fromBlock: blockNumber, jobId })
  await until(() => expect(before.trail.length).toBeGreaterThan(0))
  await before.finish()
  await post(chain, settler, { opening, signed: sign(jobId, treeOf([[someone(), 4n]])) })
  proxy.calls.length = 0
  const after = watch({ fromBlock: 0n, jobId, trail: before.trail })
  await until(() => expect(kinds(after.seen)).toEqual(['posted']))
  await after.finish()
  const [first] = proxy.calls.filter(({ method }) => method === 'eth_getLogs')
  expect(first?.params[0]).toMatchObject({ fromBlock: numberToHex((before.trail.at(-1)?.number ?? 0n) + 1n) })
})
