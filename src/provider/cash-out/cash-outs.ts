import type { Chain } from '../../chain/chain.ts'
import { chainTime } from '../../chain/chain.ts'
import { isNonceUsed } from '../../chain/escrow/read-escrow.ts'
import { awaitRelayed, checkSent } from '../../chain/escrow/relayed.ts'
import type { Relayers } from '../../p2p/relayer/relayers.ts'
import type { PrivateKey } from '../../protocol/account.ts'
import { accountOf, signHash } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { outlineOf } from '../../protocol/escrow/call-outline.ts'
import type { Cashout } from '../../protocol/escrow/cashout.ts'
import { hashCashout } from '../../protocol/escrow/cashout.ts'
import type { ProvenLeaf, RelayedCall } from '../../protocol/escrow/relayed-call.ts'
import { MAX_LEAVES } from '../../protocol/escrow/relayed-call.ts'
import { Failure } from '../../protocol/failure.ts'
import { formatAmount, toWei } from '../../protocol/wei.ts'
import type { Values } from '../../store/store.ts'
import type { Purse } from '../money/purse.ts'
import type { TokenBook } from '../money/token-book.ts'
import type { CashOutDone, CashOutOffer, CashOutView, CashOutWish } from './cash-out.ts'
import { CASH_OUTS } from './cash-out.ts'
import type { CashOutRecord, SignedOrder } from './cash-out-record.ts'
import { packCashOuts, parseCashOuts, sumOf } from './cash-out-record.ts'
import { exportClaim } from './export-claim.ts'

export type CashOutParts = {
  readonly chain: Chain
  readonly chainId: number
  readonly values: Values
  readonly purse: Pick<Purse, 'claimable' | 'noteSent' | 'entries'>
  readonly tokens: Pick<TokenBook, 'currencyOf'>
  readonly relayers: Relayers
  readonly key: PrivateKey
}

const DEADLINE_SECONDS = 3_600

/** Takes what is claimable through relays: to any address where the account is this browser's own, else to the payee itself. */
export class CashOuts {
  readonly #parts: CashOutParts
  readonly #account: Address
  #record: CashOutRecord
  #isBusy = false

  private constructor(parts: CashOutParts, record: CashOutRecord) {
    this.#parts = parts
    this.#account = accountOf(parts.key)
    this.#record = record
    for (const order of record.orders) this.#note(order)
  }

  /** Takes up the orders that were signed before. Throws `storage` or `malformed`. */
  static async open(parts: CashOutParts): Promise<CashOuts> {
    const kept = await parts.values.get(CASH_OUTS)
    const record = kept === undefined ? { orders: [], nonces: new Map() } : parseCashOuts(kept)
    return new CashOuts(parts, record)
  }

  /** The cash-outs that relays have sent and that the chain has not yet. */
  get views(): readonly CashOutView[] {
    return this.#record.orders.flatMap(({ cashout, leaves, hash }) => {
      if (hash === undefined) return []
      return [{ hash, to: cashout.to, token: cashout.token, amount: sumOf(leaves), fee: cashout.maxFee }]
    })
  }

  /**
   * What can be taken now of a token, or of the chain's coin, and what the cheapest relay keeps of it; undefined where nothing can.
   * Throws `unreachable`, `refused`.
   */
  async quote(token: Address): Promise<CashOutOffer | undefined> {
    const { kind, leaves } = this.#choose(token)
    if (leaves.length === 0) return undefined
    const [quote] = await this.#parts.relayers.quote(outlineOf(this.#draft(leaves, token), token))
    return {
      kind,
      amount: sumOf(leaves),
      fee: quote?.fee ?? toWei(0n),
      payee: leaves[0]?.leaf.account ?? this.#account,
    }
  }

  /**
   * Cashes out as wished, and waits until the chain has it. What belongs to another payee is claimed for that one. Throws `refused`, `unreachable`, `reverted` or `timeout`.
   */
  async cashOut(wish: CashOutWish): Promise<CashOutDone> {
    if (this.#isBusy) throw new Failure('refused', 'A cash-out is being sent just now')
    this.#isBusy = true
    try {
      await this.refresh()
      const { kind, leaves } = this.#choose(wish.token)
      if (leaves.length === 0) throw new Failure('refused', 'Nothing is claimable just now')
      return await (kind === 'claim' ? this.#claim(leaves, wish.token) : this.#cashOut(leaves, wish))
    } finally {
      this.#isBusy = false
    }
  }

  /** The transaction that anybody may send to pay what is claimable. Throws `refused` when nothing is. */
  exportClaim(): string {
    const { purse, chain, chainId, tokens } = this.#parts
    const leaves = richest(purse.claimable())
    const jobs = this.#tokens()
    const parts = new Map<Address, ProvenLeaf[]>()
    for (const leaf of leaves) {
      const token = jobs.get(leaf.jobId) ?? ZERO_ADDRESS
      parts.set(token, [...(parts.get(token) ?? []), leaf])
    }
    const amounts = [...parts].map(([token, of]) => {
      const currency = tokens.currencyOf(token)
      const name = token === ZERO_ADDRESS ? currency.symbol : `${currency.symbol} (${token})`
      return `${formatAmount(sumOf(of), currency)} ${name}`
    })
    return exportClaim(leaves, amounts.join(' and '), { chainId, escrow: chain.escrow })
  }

  /** Lets go of orders that were carried out or that have expired. Throws `unreachable`. */
  async refresh(): Promise<void> {
    if (this.#record.orders.length === 0) return
    const { chain } = this.#parts
    const now = await chainTime(chain)
    for (const order of this.#record.orders) {
      const { account, nonce, deadline } = order.cashout
      const isUsed = await isNonceUsed(chain, account, nonce)
      if (isUsed || deadline < now) await this.#forget(order)
    }
  }

  async #cashOut(leaves: readonly ProvenLeaf[], wish: CashOutWish): Promise<CashOutDone> {
    const { chain, relayers } = this.#parts
    const sum = sumOf(leaves)
    const [nonce, now] = [await this.#nonce(), await chainTime(chain)]
    let order: SignedOrder | undefined
    const sent = await relayers.send({
      outline: outlineOf(this.#draft(leaves, wish.token), wish.token),
      make: async ({ fee }) => {
        if (fee > wish.maxFee)
          throw new Failure('refused', `it asks for ${fee} wei, more than ${wish.maxFee}`)
        if (fee >= sum) throw new Failure('refused', `it asks for ${fee} wei, which leaves nothing of ${sum}`)
        const money = { token: wish.token, maxFee: fee, minOut: toWei(sum - fee) }
        const deadline = now + DEADLINE_SECONDS
        const cashout = { account: this.#account, to: wish.to, ...money, nonce, deadline }
        order = await this.#keep({ cashout, leaves, hash: undefined })
        return this.#sign(cashout, leaves)
      },
      check: (hash) => checkSent(chain, hash),
    })
    if (order !== undefined) order = await this.#keep({ ...order, hash: sent.hash })
    return this.#settle(sent, { order, leaves })
  }

  async #claim(leaves: readonly ProvenLeaf[], token: Address): Promise<CashOutDone> {
    const { chain, relayers, purse } = this.#parts
    const call: RelayedCall = { kind: 'claim', leaves }
    const sent = await relayers.send({
      outline: outlineOf(call, token),
      make: () => call,
      check: (hash) => checkSent(chain, hash),
    })
    purse.noteSent(leaves, Date.now() + DEADLINE_SECONDS * 1000)
    return this.#settle(sent, { order: undefined, leaves })
  }

  /** Waits for the chain. A transaction that failed there has paid nothing, and its leaves can be taken again. */
  async #settle(
    { hash }: { readonly hash: Hex },
    { order, leaves }: { order: SignedOrder | undefined; leaves: readonly ProvenLeaf[] },
  ): Promise<CashOutDone> {
    try {
      await awaitRelayed(this.#parts.chain, { hash }, 'cash-out')
    } catch (error) {
      if (error instanceof Failure && error.code === 'reverted') {
        this.#parts.purse.noteSent(leaves, 0)
        if (order !== undefined) await this.#keep({ ...order, hash: undefined })
      }
      throw error
    }
    if (order !== undefined) await this.#forget(order)
    const fee = order?.cashout.maxFee ?? toWei(0n)
    return { hash, fee, amount: toWei(sumOf(leaves) - fee) }
  }

  /** The token of each job in the purse. */
  #tokens(): ReadonlyMap<Hex, Address> {
    const { entries } = this.#parts.purse
    return new Map(
      entries.map(({ held: { signed, opening } }) => [signed.statement.jobId, opening.token] as const),
    )
  }

  /** What is claimable of a token for this browser's own account; where there is nothing, for other payees. */
  #choose(token: Address): { readonly kind: CashOutOffer['kind']; readonly leaves: readonly ProvenLeaf[] } {
    const jobs = this.#tokens()
    const all = this.#parts.purse.claimable().filter(({ jobId }) => jobs.get(jobId) === token)
    const own = all.filter(({ leaf }) => leaf.account === this.#account)
    if (own.length > 0) return { kind: 'cashout', leaves: richest(own) }
    return { kind: 'claim', leaves: richest(all.filter(({ leaf }) => leaf.account !== this.#account)) }
  }

  /** A call of that size, unsigned: relays name their fee for it. */
  #draft(leaves: readonly ProvenLeaf[], token: Address): RelayedCall {
    const [first] = leaves
    if (first !== undefined && first.leaf.account !== this.#account) return { kind: 'claim', leaves }
    const money = { token, maxFee: toWei(0n), minOut: toWei(0n) }
    const cashout = { account: this.#account, to: this.#account, ...money, nonce: 0n, deadline: 0 }
    return { kind: 'cashout', cashouts: [{ cashout, leaves, signature: new Uint8Array() }] }
  }

  #sign(cashout: Cashout, leaves: readonly ProvenLeaf[]): RelayedCall {
    const { chain, chainId, key } = this.#parts
    const signature = signHash(hashCashout(cashout, { chainId, escrow: chain.escrow }), key)
    return { kind: 'cashout', cashouts: [{ cashout, signature, leaves }] }
  }

  /** An order that no relay took may still be sent by one: the next one has its nonce, so that only one of both can count. */
  async #nonce(): Promise<bigint> {
    const open = this.#record.orders.find(
      ({ cashout, hash }) => cashout.account === this.#account && hash === undefined,
    )
    if (open !== undefined) return open.cashout.nonce
    let next = this.#record.nonces.get(this.#account) ?? 0
    while (await isNonceUsed(this.#parts.chain, this.#account, BigInt(next))) next += 1
    return BigInt(next)
  }

  /** Writes an order down in the place of the one with its nonce. */
  async #keep(order: SignedOrder): Promise<SignedOrder> {
    const { account, nonce } = order.cashout
    const next = Math.max(this.#record.nonces.get(account) ?? 0, Number(nonce) + 1)
    const nonces = new Map([...this.#record.nonces, [account, next]])
    await this.#write({ orders: [...this.#others(order), order], nonces })
    this.#note(order)
    return order
  }

  async #forget(order: SignedOrder): Promise<void> {
    await this.#write({ ...this.#record, orders: this.#others(order) })
  }

  #others({ cashout: { account, nonce } }: SignedOrder): SignedOrder[] {
    return this.#record.orders.filter(({ cashout }) => cashout.account !== account || cashout.nonce !== nonce)
  }

  async #write(record: CashOutRecord): Promise<void> {
    await this.#parts.values.set(CASH_OUTS, packCashOuts(record))
    this.#record = record
  }

  #note({ cashout, leaves, hash }: SignedOrder): void {
    if (hash !== undefined) this.#parts.purse.noteSent(leaves, cashout.deadline * 1000)
  }
}

/** As many as one call takes, the largest amounts first. */
function richest(leaves: readonly ProvenLeaf[]): readonly ProvenLeaf[] {
  if (leaves.length <= MAX_LEAVES) return leaves
  return [...leaves].sort((a, b) => (a.leaf.amount < b.leaf.amount ? 1 : -1)).slice(0, MAX_LEAVES)
}
