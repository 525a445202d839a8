import { setMaxListeners } from 'node:events'
import { afterAll, expect, test, vi } from 'vitest'
import { balanceOf } from '../../chain/chain.ts'
import { post } from '../../chain/escrow/epochs.ts'
import { isClaimed, isNonceUsed } from '../../chain/escrow/read-escrow.ts'
import { ask, someone, treeOf, warp } from '../../chain/escrow/test-job.ts'
import { fund } from '../../chain/faucet.ts'
import { compileTokens } from '../../chain/token/test-tokens.ts'
import { send } from '../../chain/transaction/send.ts'
import type { Relayers } from '../../p2p/relayer/relayers.ts'
import { accountOf, makeKey } from '../../protocol/account.ts'
import { readAddress, ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { proofOf } from '../../protocol/statement/sum-tree.ts'
import { toWei } from '../../protocol/wei.ts'
import { startRelayerStage } from '../../relay/relayer/test-relayer.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import { Purse } from '../money/purse.ts'
import { TokenBook } from '../money/token-book.ts'
import { parseCashOuts } from './cash-out-record.ts'
import { CashOuts } from './cash-outs.ts'
import { LateCashOuts } from './late-cash-outs.ts'

const lifetime = new AbortController()
setMaxListeners(0, lifetime.signal)
const stage = await startRelayerStage(lifetime.signal)
const { chain, relay, peer, open, promise, publisher, settler } = stage
const testTokens = await compileTokens(chain, settler)
const COIN = 10n ** 18n
const BIG = { budget: toWei(COIN / 5n), bond: toWei(COIN / 5n) }
const SUM = COIN / 10n
const FREE = toWei(0n)

afterAll(async () => {
  lifetime.abort()
  await stage.stop()
})

async function richRelay(options: { readonly isFree?: boolean } = {}) {
  const key = makeKey()
  await fund(chain, accountOf(key), toWei(COIN))
  return relay({ key, ...options })
}

/** A provider that holds promises, and how it cashes out by some relays. */
async function makeProvider(relayers: Relayers) {
  const key = makeKey()
  const { values } = openMemoryStore()
  const purse = await Purse.open(chain, values)
  const tokens = new TokenBook({ chain, chainId: 31337, nowMs: Date.now })
  const parts = { chain, chainId: 31337, values, tokens, relayers, key }
  /** A job that pays this provider, or another payee, so much in a final epoch. */
  const earn = async (amount = SUM, payee = accountOf(key), token = ZERO_ADDRESS): Promise<Hex> => {
    const { jobId, opening } = await open({ ...BIG, token })
    const tree = treeOf([[payee, amount]])
    const signed = promise(jobId, tree)
    const [leaf] = tree.leaves
    if (leaf === undefined) throw new Error('the tree has a leaf')
    await purse.hold({ signed, leaf, proof: proofOf(tree, 0), opening })
    await post(chain, settler, { opening, signed })
    await purse.refresh()
    return jobId
  }
  const openCashOuts = (way = relayers) => CashOuts.open({ ...parts, relayers: way, purse })
  const openLate = () => LateCashOuts.open({ ...parts, purse })
  return { key, account: accountOf(key), values, purse, earn, openCashOuts, openLate }
}

test('a provider without gas is paid at the address it names: the sum without the fee it was told', async () => {
  const { addresses } = await richRelay({ isFree: false })
  const { relayers } = await peer(...addresses)
  const { account, purse, earn, openCashOuts } = await makeProvider(relayers)
  const cashOuts = await openCashOuts()
  expect(await cashOuts.quote(ZERO_ADDRESS)).toBeUndefined()
  const jobId = await earn()
  const offer = await cashOuts.quote(ZERO_ADDRESS)
  expect(offer).toMatchObject({ kind: 'cashout', amount: SUM, payee: account })
  const fee = offer?.fee ?? FREE
  expect(fee).toBeGreaterThan(0n)
  const to = someone()
  await expect(cashOuts.cashOut({ to, maxFee: toWei(fee / 2n), token: ZERO_ADDRESS })).rejects.toThrow(
    `more than ${fee / 2n}`,
  )
  const done = await cashOuts.cashOut({ to, maxFee: toWei(2n * fee), token: ZERO_ADDRESS })
  expect(done.amount + done.fee).toBe(SUM)
  expect(await balanceOf(chain, to)).toBe(done.amount)
  expect(await balanceOf(chain, account)).toBe(0n)
  expect(await isClaimed(chain, { jobId, epoch: 0, index: 0 })).toBe(true)
  await purse.refresh()
  expect(purse.money()).toMatchObject({ claimable: 0n, inTransit: 0n, paid: SUM })
  expect(cashOuts.views).toEqual([])
  await expect(cashOuts.cashOut({ to, maxFee: fee, token: ZERO_ADDRESS })).rejects.toThrow(
    'Nothing is claimable',
  )
})

test('several jobs are cashed out at once, and the next cash-out takes the next nonce', async () => {
  const { addresses } = await richRelay()
  const { relayers } = await peer(...addresses)
  const { account, earn, openCashOuts, purse } = await makeProvider(relayers)
  const [cashOuts, to] = [await openCashOuts(), someone()]
  for (const amount of [3n, 4n]) await earn(amount)
  await cashOuts.cashOut({ to, maxFee: FREE, token: ZERO_ADDRESS })
  expect(await balanceOf(chain, to)).toBe(7n)
  await purse.refresh()
  await earn(5n)
  await cashOuts.cashOut({ to, maxFee: FREE, token: ZERO_ADDRESS })
  expect(await balanceOf(chain, to)).toBe(12n)
  const used = await Promise.all([0n, 1n, 2n].map((nonce) => isNonceUsed(chain, account, nonce)))
  expect(used).toEqual([true, true, false])
})

test('a nonce that was used by another browser with this key is passed over', async () => {
  const { addresses } = await richRelay()
  const { relayers } = await peer(...addresses)
  const first = await makeProvider(relayers)
  const to = someone()
  await first.earn(3n)
  await (await first.openCashOuts()).cashOut({ to, maxFee: FREE, token: ZERO_ADDRESS })
  await first.purse.refresh()
  await first.values.delete('cash-outs')
  await first.earn(4n)
  await (await first.openCashOuts()).cashOut({ to, maxFee: FREE, token: ZERO_ADDRESS })
  expect(await balanceOf(chain, to)).toBe(7n)
})

test('a page that is closed meanwhile shows what is on its way, and takes those leaves for nothing else', async () => {
  const { addresses } = await richRelay()
  const { relayers } = await peer(...addresses)
  const { earn, openCashOuts, openLate, purse } = await makeProvider(relayers)
  await earn()
  expect((await openLate()).views).toEqual([])
  const to = someone()
  await ask(chain, 'evm_setAutomine', false)
  const sending = (await openCashOuts()).cashOut({ to, maxFee: FREE, token: ZERO_ADDRESS })
  try {
    await vi.waitFor(() => expect(purse.money().inTransit).toBe(SUM), { timeout: 10_000 })
    const again = await openLate()
    expect(again.views).toMatchObject([{ to, amount: SUM, fee: 0n }])
    expect(purse.claimable()).toEqual([])
    await expect(
      (await again.get()).cashOut({ to: someone(), maxFee: FREE, token: ZERO_ADDRESS }),
    ).rejects.toThrow('Nothing is claimable')
    await ask(chain, 'evm_mine')
    await sending
    await again.refresh()
    expect(again.views).toEqual([])
  } finally {
    await ask(chain, 'evm_setAutomine', true)
    await ask(chain, 'evm_mine')
  }
  expect(await balanceOf(chain, to)).toBe(SUM)
})

test('an order that no relay took is replaced under the same nonce, so that only one of both can count', async () => {
  const [broke, rich] = [await relay(), await richRelay()]
  const without = await peer(...broke.addresses)
  const { relayers } = await peer(...rich.addresses)
  const { account, earn, openCashOuts, values } = await makeProvider(without.relayers)
  await earn()
  const [one, two] = [someone(), someone()]
  await expect(
    (await openCashOuts()).cashOut({ to: one, maxFee: FREE, token: ZERO_ADDRESS }),
  ).rejects.toThrow('has not enough coins')
  expect(await values.get('cash-outs')).toMatchObject({ orders: [{ cashout: { to: one } }] })
  await (await openCashOuts(relayers)).cashOut({ to: two, maxFee: FREE, token: ZERO_ADDRESS })
  expect(await isNonceUsed(chain, account, 0n)).toBe(true)
  expect(await isNonceUsed(chain, account, 1n)).toBe(false)
  expect(await balanceOf(chain, two)).toBe(SUM)
  expect(await values.get('cash-outs')).toMatchObject({ orders: [] })
})

test('an order that expired is let go', async () => {
  const broke = await relay()
  const { relayers } = await peer(...broke.addresses)
  const { earn, openCashOuts, values } = await makeProvider(relayers)
  await earn()
  const cashOuts = await openCashOuts()
  await expect(cashOuts.cashOut({ to: someone(), maxFee: FREE, token: ZERO_ADDRESS })).rejects.toThrow(
    'has not enough coins',
  )
  await warp(chain, 3_700)
  await cashOuts.refresh()
  expect(await values.get('cash-outs')).toMatchObject({ orders: [], nonces: [{ next: 1 }] })
})

test('what belongs to another payee is claimed for that one, wherever it was to go', async () => {
  const { addresses } = await richRelay()
  const { relayers } = await peer(...addresses)
  const { earn, openCashOuts } = await makeProvider(relayers)
  const [payee, to] = [someone(), someone()]
  await earn(SUM, payee)
  const cashOuts = await openCashOuts()
  expect(await cashOuts.quote(ZERO_ADDRESS)).toMatchObject({ kind: 'claim', amount: SUM, fee: 0n, payee })
  expect(await cashOuts.cashOut({ to, maxFee: FREE, token: ZERO_ADDRESS })).toMatchObject({
    amount: SUM,
    fee: 0n,
  })
  expect(await balanceOf(chain, payee)).toBe(SUM)
  expect(await balanceOf(chain, to)).toBe(0n)
})

test('without any relay the claim can be written down, and anybody can send it', async () => {
  const { relayers } = await peer()
  const { account, earn, openCashOuts } = await makeProvider(relayers)
  const cashOuts = await openCashOuts()
  expect(() => cashOuts.exportClaim()).toThrow('Nothing is claimable')
  await earn()
  await expect(cashOuts.cashOut({ to: someone(), maxFee: FREE, token: ZERO_ADDRESS })).rejects.toThrow(
    'no relay is connected',
  )
  const { chainId, to, data, value, how, about } = JSON.parse(cashOuts.exportClaim())
  expect([chainId, value]).toEqual([31337, '0x0'])
  expect(how).toContain(`${to} ${data}`)
  expect(about).toContain(`0.1 ETH to ${account}`)
  await send(chain, publisher, { action: 'claimMany', to: readAddress(to, 'to'), data })
  expect(await balanceOf(chain, account)).toBe(SUM)
})

test('what was earned in a token is cashed out by itself, and a relay without a price for it is told by name', async () => {
  const token = await testTokens.deploy('Token', 0n)
  await testTokens.mint(token, accountOf(publisher), COIN)
  const free = await richRelay({ isFree: true })
  const dear = await richRelay({ isFree: false })
  const { relayers } = await peer(...free.addresses)
  const { purse, account, earn, openCashOuts } = await makeProvider(relayers)
  await earn(SUM)
  await earn(SUM / 2n, account, token)
  const cashOuts = await openCashOuts()
  expect(await cashOuts.quote(token)).toMatchObject({ kind: 'cashout', amount: SUM / 2n, fee: 0n })
  await vi.waitFor(() => expect(cashOuts.exportClaim()).toContain(`0.05 TOK (${token})`))
  expect(cashOuts.exportClaim()).toContain('0.1 ETH')
  const poor = await openCashOuts((await peer(...dear.addresses)).relayers)
  await expect(poor.quote(token)).rejects.toThrow(`takes no fees in the token ${token}`)
  const to = someone()
  const done = await cashOuts.cashOut({ to, maxFee: FREE, token })
  expect(done).toMatchObject({ amount: SUM / 2n, fee: 0n })
  expect([await balanceOf(chain, to, token), await balanceOf(chain, to)]).toEqual([SUM / 2n, 0n])
  await purse.refresh()
  expect(purse.money(token)).toMatchObject({ claimable: 0n, paid: SUM / 2n })
  expect(purse.money()).toMatchObject({ claimable: SUM, paid: 0n })
})

test.each([
  [null, 'cash-outs: expected an object'],
  [{ orders: 1, nonces: [] }, 'cash-outs.orders: expected a list'],
  [
    { orders: [{ cashout: {}, leaves: [] }], nonces: [] },
    'cash-outs.orders[0].cashout.account: expected an address',
  ],
  [
    { orders: [], nonces: [{ account: someone(), next: -1 }] },
    'cash-outs.nonces[0].next: expected a whole number',
  ],
])('a record that is none is refused with its field', (record, message) => {
  expect(() => parseCashOuts(record)).toThrow(message)
})
