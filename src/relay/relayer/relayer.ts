import type { Chain } from '../../chain/chain.ts'
import { readDispute, readEpoch, readJob } from '../../chain/escrow/read-escrow.ts'
import { awaitRelayed, encodeRelayed, gasOf, gasPrice, sendEscrow } from '../../chain/escrow/relayed.ts'
import type { Quote, RelayerOrder } from '../../p2p/relayer/relayer-message.ts'
import type { PrivateKey } from '../../protocol/account.ts'
import { accountOf } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import type { CallOutline } from '../../protocol/escrow/call-outline.ts'
import { leavesOf } from '../../protocol/escrow/call-outline.ts'
import type { RelayedCall } from '../../protocol/escrow/relayed-call.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Tariff } from './relayer-fee.ts'
import { checkPaid, feeFor, guessGas } from './relayer-fee.ts'

/** What a relayer works with. */
export type RelayerParts = {
  readonly chain: Chain
  /** Its account pays the gas and gets the fees. */
  readonly key: PrivateKey
  readonly tariff: Tariff
  /** How many calls are under way at most. */
  readonly maxInFlight: number
  /** Comes before each send: fills the account up where coins are free. */
  refill?(): Promise<void>
  /** Is told of transactions that came to nothing. */
  onTrouble?(failure: Failure): void
}

const QUOTE_SECONDS = 120
const PRICE_MS = 5_000

/** Sends calls of the escrow for others: nothing else, nothing that reverts, and nothing that does not pay for its gas. */
export class Relayer {
  readonly account: Address
  readonly #parts: RelayerParts
  /** What is being spent: two calls that spend the same would both pass the trial, and one be reverted at our cost. */
  readonly #spending = new Set<string>()
  #inFlight = 0
  #price: { readonly wei: Promise<bigint>; readonly at: number } | undefined

  constructor(parts: RelayerParts) {
    this.#parts = parts
    this.account = accountOf(parts.key)
  }

  /** Names the fee for a call. Throws `refused` where it would not be sent, or `unreachable`. */
  async quote(outline: CallOutline): Promise<Quote> {
    const { tariff } = this.#parts
    const cost = tariff.isFree ? 0n : guessGas(outline) * (await this.#gasPrice())
    const until = Math.floor(Date.now() / 1000) + QUOTE_SECONDS
    return { fee: feeFor(outline, cost, tariff), account: this.account, until }
  }

  /** Tries a call on the chain and sends it. Resolves when it is on its way. Throws `refused`, `reverted` or `unreachable`. */
  async send(order: RelayerOrder): Promise<Hex> {
    const spent = spentBy(order.call)
    const isTaken = spent.some((name) => this.#spending.has(name))
    if (isTaken) throw new Failure('refused', 'what this call spends is being sent already')
    if (this.#inFlight >= this.#parts.maxInFlight)
      throw new Failure('refused', `the relayer is busy with ${this.#inFlight} calls: try again in a moment`)
    for (const name of spent) this.#spending.add(name)
    this.#inFlight += 1
    const end = (): void => {
      this.#inFlight -= 1
      for (const name of spent) this.#spending.delete(name)
    }
    try {
      const { hash, settled } = await this.#send(order)
      void settled.finally(end)
      return hash
    } catch (error) {
      end()
      throw error
    }
  }

  async #send({ call, fee }: RelayerOrder): Promise<{ hash: Hex; settled: Promise<void> }> {
    const { chain, key, tariff, onTrouble = () => undefined } = this.#parts
    const encoded = encodeRelayed(call, fee)
    const gas = await gasOf(chain, key, encoded)
    if (!tariff.isFree) await this.#checkPaid({ call, fee }, gas)
    await this.#parts.refill?.()
    const sent = await sendEscrow(chain, key, encoded)
    const settled = awaitRelayed(chain, sent, encoded.action).then(
      () => undefined,
      (error: unknown) => onTrouble(toFailure(error)),
    )
    return { hash: sent.hash, settled }
  }

  async #checkPaid({ call, fee }: RelayerOrder, gas: bigint): Promise<void> {
    const { tariff } = this.#parts
    const cost = gas * (await this.#gasPrice())
    switch (call.kind) {
      case 'cashout':
        return checkPaid(
          { amount: fee, token: call.cashouts[0]?.cashout.token ?? ZERO_ADDRESS },
          cost,
          tariff,
        )
      case 'claim':
        return void feeFor({ kind: call.kind, token: ZERO_ADDRESS }, cost, tariff)
      case 'post':
        return checkPaid({ amount: await this.#bounty(call), token: call.opening.token }, cost, tariff)
      case 'challenge':
        return this.#checkChallenge(call, cost)
      case 'resolve':
        return checkPaid(await this.#helpOf(call), cost, tariff)
    }
  }

  /** What the escrow repays whoever posts this, if that is not one of the job's own. */
  async #bounty({ opening, signed }: Extract<RelayedCall, { kind: 'post' }>): Promise<bigint> {
    const { jobId, epoch } = signed.statement
    const { chain } = this.#parts
    const [job, posted] = await Promise.all([readJob(chain, jobId), readEpoch(chain, { jobId, epoch })])
    const isOwn = job?.settler === this.account || opening.publisher === this.account
    if (job === undefined || isOwn || posted?.isRepaid === true) return 0n
    return least(opening.terms.postBounty, opening.terms.postReserve - job.repaid)
  }

  #checkChallenge(call: Extract<RelayedCall, { kind: 'challenge' }>, cost: bigint): Promise<void> | void {
    const { tariff } = this.#parts
    feeFor({ kind: call.kind, token: call.opening.token }, cost, tariff)
    const amount = call.helper === this.account ? call.fee : 0n
    return checkPaid({ amount, token: call.opening.token }, cost, tariff)
  }

  /** What ending this challenge brings us: what we were promised for it, out of what the bond pays. */
  async #helpOf({ jobId, account }: Extract<RelayedCall, { kind: 'resolve' }>) {
    const { chain } = this.#parts
    const [job, dispute] = await Promise.all([readJob(chain, jobId), readDispute(chain, jobId, account)])
    const token = job?.token ?? ZERO_ADDRESS
    if (job === undefined || dispute === undefined || dispute.helper !== this.account)
      return { amount: 0n, token }
    const missing = dispute.promised - dispute.proven - dispute.compensated
    return { amount: least(dispute.fee, least(missing, job.bond / 2n)), token }
  }

  #gasPrice(): Promise<bigint> {
    const known = this.#price
    if (known !== undefined && Date.now() - known.at < PRICE_MS) return known.wei
    const wei = gasPrice(this.#parts.chain)
    this.#price = { wei, at: Date.now() }
    wei.catch(() => {
      this.#price = undefined // it is asked for again
    })
    return wei
  }
}

/** Names what a call spends, which can be spent once. */
function spentBy(call: RelayedCall): string[] {
  const leaves = leavesOf(call).map(({ jobId, epoch, leaf }) => `${jobId}/${epoch}/${leaf.index}`)
  switch (call.kind) {
    case 'cashout':
      return [...leaves, ...call.cashouts.map(({ cashout: { account, nonce } }) => `${account}/${nonce}`)]
    case 'claim':
      return leaves
    case 'post':
      return [`post ${call.signed.statement.jobId}/${call.signed.statement.epoch}`]
    case 'challenge':
      return [`dispute ${call.signed.statement.jobId}/${call.leaf.account}`]
    case 'resolve':
      return [`dispute ${call.jobId}/${call.account}`]
  }
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function toFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('unreachable', String(error), { cause: error })
}
