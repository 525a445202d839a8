import { setMaxListeners } from 'node:events'
import { afterAll, expect, test, vi } from 'vitest'
import { balanceOf } from '../../chain/chain.ts'
import { resolve } from '../../chain/escrow/disputes.ts'
import { post } from '../../chain/escrow/epochs.ts'
import { isClaimed, isNonceUsed, readDispute } from '../../chain/escrow/read-escrow.ts'
import { awaitRelayed, checkSent } from '../../chain/escrow/relayed.ts'
import { ask, someone, treeOf, warp } from '../../chain/escrow/test-job.ts'
import { fund } from '../../chain/faucet.ts'
import { packQuote, RELAYER_FRAME, RELAYER_PROTOCOL } from '../../p2p/relayer/relayer-message.ts'
import { openRelayers } from '../../p2p/relayer/relayers.ts'
import { accountOf, makeKey, signHash } from '../../protocol/account.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { outlineOf } from '../../protocol/escrow/call-outline.ts'
import { hashHelp } from '../../protocol/escrow/help.ts'
import type { RelayedCall } from '../../protocol/escrow/relayed-call.ts'
import { packCall } from '../../protocol/escrow/relayed-call.ts'
import { testTerms } from '../../protocol/escrow/test-opening.ts'
import { proofOf } from '../../protocol/statement/sum-tree.ts'
import { toWei } from '../../protocol/wei.ts'
import { openPeer } from '../test-peers.ts'
import { startRelayerStage } from './test-relayer.ts'

const lifetime = new AbortController()
setMaxListeners(0, lifetime.signal)
const stage = await startRelayerStage(lifetime.signal)
const { chain, relay, peer, sign, cashOut, earn, open, domain, publisher, settler } = stage
const RICH = 10n ** 18n
const BIG = { budget: toWei(2n * 10n ** 17n), bond: toWei(2n * 10n ** 17n) }

afterAll(async () => {
  lifetime.abort()
  await stage.stop()
})

/** A key whose account can pay gas. */
async function richKey() {
  const key = makeKey()
  await fund(chain, accountOf(key), toWei(RICH))
  return key
}

const whole = (call: RelayedCall) => ({ outline: outlineOf(call, ZERO_ADDRESS), make: () => call })

test('an account without gas is paid at another address, and the relayer keeps its quote to the wei', async () => {
  const [key, to, sender] = [makeKey(), someone(), await richKey()]
  const { addresses } = await relay({ key: sender, isFree: false })
  const { relayers } = await peer(...addresses)
  const sum = 10n ** 17n
  const { jobId, leaves } = await earn([[accountOf(key), sum]], BIG)
  const order = cashOut(key, { to, nonce: 0n, leaves })
  const [quote] = await relayers.quote(order.outline)
  expect(quote).toMatchObject({ account: accountOf(sender) })
  expect(quote?.until).toBeGreaterThan(Date.now() / 1000)
  const sent = await relayers.send(order)
  const receipt = await awaitRelayed(chain, sent, 'cashout')
  const fee = sent.quote.fee
  expect(fee).toBeGreaterThan(0n)
  expect(await balanceOf(chain, to)).toBe(sum - fee)
  const gas = receipt.gasUsed * receipt.effectiveGasPrice
  expect(await balanceOf(chain, accountOf(sender))).toBe(RICH - gas + fee)
  expect(fee).toBeGreaterThanOrEqual(gas)
  expect(await isClaimed(chain, { jobId, epoch: 0, index: 0 })).toBe(true)
})

test('on the local chain it is free; thirty accounts are swept to one address in one transaction', async () => {
  const { addresses } = await relay({ key: await richKey() })
  const { relayers } = await peer(...addresses)
  const keys = Array.from({ length: 30 }, () => makeKey())
  const { leaves } = await earn(keys.map((key, place) => [accountOf(key), BigInt(place + 1)] as const))
  const to = someone()
  const cashouts = keys.map((key, place) =>
    sign(key, { to, nonce: 0n, leaves: leaves.slice(place, place + 1), maxFee: 0n }),
  )
  const sent = await relayers.send(whole({ kind: 'cashout', cashouts }))
  expect(sent.quote.fee).toBe(0n)
  await awaitRelayed(chain, sent, 'cashout')
  expect(await balanceOf(chain, to)).toBe((30n * 31n) / 2n)
})

test('where the first relayer has no coins the second one sends; with none left, each is named with what it said', async () => {
  const [broke, rich] = [await relay(), await relay({ key: await richKey() })]
  const { relayers } = await peer(...broke.addresses, ...rich.addresses)
  const [key, to] = [makeKey(), someone()]
  const { leaves } = await earn([[accountOf(key), 7n]])
  const { hash } = await relayers.send(cashOut(key, { to, nonce: 0n, leaves }))
  await awaitRelayed(chain, { hash }, 'cashout')
  expect(await balanceOf(chain, to)).toBe(7n)

  const alone = await peer(...broke.addresses)
  const again = await earn([[accountOf(key), 7n]])
  await expect(alone.relayers.send(cashOut(key, { to, nonce: 1n, leaves: again.leaves }))).rejects.toThrow(
    new RegExp(`…${broke.peerId.slice(-8)}: cashout: the account has not enough coins`),
  )
})

/** A peer that is a relay for those who ask, takes every order for nothing, and sends none. */
async function startLiar() {
  const { node } = await openPeer([], lifetime.signal, { host: '127.0.0.1', port: 0 })
  const quote = { fee: toWei(0n), account: someone(), until: 2 ** 40 }
  await node.handle(RELAYER_PROTOCOL, async (stream) => {
    for await (const { type, request } of stream.frames)
      if (type === RELAYER_FRAME.quote)
        stream.send({ type: RELAYER_FRAME.quoted, request, body: packQuote(quote) })
      else stream.send({ type: RELAYER_FRAME.sent, request, body: new Uint8Array(32) })
  })
  const [address = ''] = node.addresses()
  return { peer: node.peerId, address, state: 'connected', reason: '' } as const
}

test('a relay that quotes nothing, says that it has sent and has not, is left for the next one', async () => {
  const [liar, honest] = [await startLiar(), await relay({ key: await richKey(), isFree: false })]
  const { node } = await peer(...honest.addresses)
  const relays = () => [...node.relays(), liar]
  const dial = node.dial.bind(node)
  const relayers = openRelayers({ relays, dial }, lifetime.signal)
  const [key, to] = [makeKey(), someone()]
  const { leaves } = await earn([[accountOf(key), 10n ** 17n]], BIG)
  const order = cashOut(key, { to, nonce: 0n, leaves })
  const quotes = await relayers.quote(order.outline)
  expect(quotes.map((quote) => quote.relay.peer)).toEqual([liar.peer, honest.peerId])
  const check = (hash: Hex) => checkSent(chain, hash, 200)
  const sent = await relayers.send({ ...order, check })
  expect(sent.quote.relay.peer).toBe(honest.peerId)
  await awaitRelayed(chain, sent, 'cashout')
  expect(await balanceOf(chain, to)).toBe(10n ** 17n - sent.quote.fee)
  await expect(relayers.send({ ...order, check })).rejects.toThrow(
    new RegExp(
      `${liar.peer.slice(-8)}: the chain knows no transaction .*${honest.peerId.slice(-8)}: .*NonceUsed`,
    ),
  )
})

test('what the escrow would refuse is refused with its reason and costs the relayer nothing', async () => {
  const sender = await richKey()
  const { addresses } = await relay({ key: sender })
  const { relayers } = await peer(...addresses)
  const [key, to] = [makeKey(), someone()]
  const { leaves } = await earn([[accountOf(key), 7n]])
  const first = cashOut(key, { to, nonce: 5n, leaves })
  await awaitRelayed(chain, await relayers.send(first), 'cashout')
  const before = await balanceOf(chain, accountOf(sender))
  await expect(relayers.send(first)).rejects.toThrow('cashout was refused by the contract: NonceUsed(')
  await expect(relayers.send(cashOut(key, { to, nonce: 6n, leaves }))).rejects.toThrow('TooLittle(')
  const stranger = cashOut(makeKey(), { to, nonce: 0n, leaves })
  await expect(relayers.send(stranger)).rejects.toThrow('was refused by the contract: ')
  expect(await balanceOf(chain, accountOf(sender))).toBe(before)
  expect(await isNonceUsed(chain, accountOf(key), 6n)).toBe(false)
})

test('a fee above what was signed, or below what the gas costs, is refused', async () => {
  const { addresses } = await relay({ key: await richKey(), isFree: false })
  const { relayers } = await peer(...addresses)
  const [key, to] = [makeKey(), someone()]
  const { leaves } = await earn([[accountOf(key), 10n ** 17n]], BIG)
  const order = cashOut(key, { to, nonce: 0n, leaves })
  const low = sign(key, { to, nonce: 0n, leaves, maxFee: 5n })
  await expect(
    relayers.send({ ...order, make: () => ({ kind: 'cashout', cashouts: [low] }) }),
  ).rejects.toThrow(/fee: \d+ is \d+ more than the cash-outs allow/)
  await expect(relayers.send(whole({ kind: 'claim', leaves }))).rejects.toThrow('pays its payee alone')
})

test('the same call from two peers at once is sent once', async () => {
  const { addresses } = await relay({ key: await richKey() })
  const peers = await Promise.all([peer(...addresses), peer(...addresses)])
  const [key, to] = [makeKey(), someone()]
  const { leaves } = await earn([[accountOf(key), 7n]])
  await ask(chain, 'evm_setAutomine', false)
  try {
    const sends = peers.map(({ relayers }, place) =>
      relayers.send(cashOut(key, { to, nonce: BigInt(place), leaves })),
    )
    const results = await Promise.allSettled(sends)
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const refused = results.find(({ status }) => status === 'rejected')
    expect(String((refused as PromiseRejectedResult).reason)).toContain('is being sent already')
  } finally {
    await ask(chain, 'evm_setAutomine', true)
    await ask(chain, 'evm_mine')
  }
  await vi.waitFor(async () => expect(await balanceOf(chain, to)).toBe(7n), { timeout: 10_000 })
})

test('a statement is posted for its bounty where that covers the gas, and not where it does not', async () => {
  const sender = await richKey()
  const { addresses } = await relay({ key: sender, isFree: false })
  const { relayers } = await peer(...addresses)
  for (const [bounty, isPaid] of [
    [10n ** 16n, true],
    [1n, false],
  ] as const) {
    const terms = testTerms({ postReserve: toWei(bounty), postBounty: toWei(bounty) })
    const { jobId, opening } = await open({ ...BIG, terms })
    const signed = stage.promise(jobId, treeOf([[someone(), 5n]]))
    const sending = relayers.send(whole({ kind: 'post', opening, signed }))
    if (!isPaid) await expect(sending).rejects.toThrow('1 does not pay for the gas')
    else {
      const before = await balanceOf(chain, accountOf(sender))
      const receipt = await awaitRelayed(chain, await sending, 'post')
      const gas = receipt.gasUsed * receipt.effectiveGasPrice
      expect(await balanceOf(chain, accountOf(sender))).toBe(before - gas + bounty)
    }
  }
})

test('a challenge is sent and resolved for the fee that its account has consented to', async () => {
  const sender = await richKey()
  const { addresses } = await relay({ key: sender, isFree: false, hasChallenges: true })
  const { relayers } = await peer(...addresses)
  const key = makeKey()
  const { jobId, opening } = await open({ ...BIG, terms: testTerms({ challengeDelay: 600 }) })
  const promised = treeOf([[accountOf(key), 10n ** 17n]])
  await post(chain, settler, { opening, signed: stage.promise(jobId, treeOf([[someone(), 5n]])) })
  const [leaf] = promised.leaves
  if (leaf === undefined) throw new Error('the tree has a leaf')
  const signed = stage.promise(jobId, promised, { seq: 2 })
  const outline = { kind: 'challenge', token: ZERO_ADDRESS, cashouts: 0, leaves: 0, levels: 0 } as const
  const sent = await relayers.send({
    outline,
    make: ({ account: helper, fee }) => {
      const help = { jobId, account: accountOf(key), earned: leaf.earned, helper, fee }
      const consent = signHash(hashHelp(help, domain), key)
      return { kind: 'challenge', opening, signed, leaf, proof: proofOf(promised, 0), helper, fee, consent }
    },
  })
  await awaitRelayed(chain, sent, 'challenge')
  expect(await readDispute(chain, jobId, accountOf(key))).toMatchObject({ helper: accountOf(sender) })
  await warp(chain, 700)
  await awaitRelayed(
    chain,
    await relayers.send(whole({ kind: 'resolve', jobId, account: accountOf(key) })),
    'resolve',
  )
  expect(await balanceOf(chain, accountOf(key))).toBe(10n ** 17n - sent.quote.fee)
  await expect(resolve(chain, publisher, { jobId, account: accountOf(key) })).rejects.toThrow('NoDispute(')
})

test('a peer that asks too often is refused by number, and one that talks nonsense loses its stream only', async () => {
  const one = await relay({ key: await richKey(), questionsPerMinute: 3 })
  const { node, relayers } = await peer(...one.addresses)
  const outline = { kind: 'cashout', token: ZERO_ADDRESS, cashouts: 1, leaves: 1, levels: 1 } as const
  const dial = () =>
    node.dial({ peer: one.peerId, addresses: one.addresses }, RELAYER_PROTOCOL, lifetime.signal)
  const answers: unknown[] = []
  const stream = await dial()
  const call = packCall({ kind: 'resolve', jobId: `0x${'01'.repeat(32)}`, account: someone() })
  for (const body of [
    null,
    { call, fee: '-1' },
    { call: { kind: 'transfer' }, fee: '0' },
    { call, fee: '0' },
  ])
    stream.send({ type: RELAYER_FRAME.send, request: 3, body })
  for await (const { type, request, body } of stream.frames) {
    expect([type, request]).toEqual([RELAYER_FRAME.refused, 3])
    if (answers.push(body) === 4) break
  }
  expect(answers).toEqual([
    expect.stringContaining('order: expected an object'),
    expect.stringContaining('order.fee: expected an amount'),
    expect.stringContaining('order.call.kind'),
    expect.stringContaining('more than 3 questions in a minute'),
  ])
  await expect(relayers.quote(outline)).rejects.toThrow('more than 3 questions in a minute')
  const rude = await dial()
  rude.send({ type: 9, request: 1, body: null })
  expect(await rude.closed).toBeDefined()
  const other = await peer(...one.addresses)
  expect(await other.relayers.quote(outline)).toHaveLength(1)
})

test('a relay without a relayer, and no relay at all, are said to be so', async () => {
  const outline = { kind: 'cashout', token: ZERO_ADDRESS, cashouts: 1, leaves: 1, levels: 1 } as const
  const { startRelay } = await import('../relay.ts')
  const plain = await startRelay({ key: makeKey() }, lifetime.signal)
  const { relayers } = await peer(...plain.addresses)
  await expect(relayers.quote(outline)).rejects.toThrow(
    `no relay sends it. relay …${plain.peerId.slice(-8)}: `,
  )
  const none = await peer()
  await expect(none.relayers.quote(outline)).rejects.toThrow('no relay is connected')
})
