import type { Chain } from '../../chain/chain.ts'
import { chainTime } from '../../chain/chain.ts'
import { isClaimed, readEpoch } from '../../chain/escrow/read-escrow.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { packOpening, parseOpening } from '../../protocol/escrow/opening.ts'
import { readBytes, readList, readRecord, readText } from '../../protocol/read.ts'
import { packLeaf, packStatement, parseLeaf, parseStatement } from '../../protocol/statement.ts'
import { MAX_DEPTH } from '../../protocol/sum-tree.ts'
import type { Wei } from '../../protocol/wei.ts'
import { readWei, toWei } from '../../protocol/wei.ts'
import type { Values } from '../../store/store.ts'
import type { Money } from '../state.ts'
import type { Held } from './check-promise.ts'

type Entry = Held & { isFinal: boolean }

const PURSE = 'purse'
/** Stands in the place of a promise that was paid, so that it cannot be paid a second time here. */
const PAID = 'paid'

/** The promises that this provider holds until they are paid, and what was paid. Kept in the store; never dropped before. */
export class Purse {
  readonly #chain: Chain
  readonly #values: Values
  readonly #held = new Map<string, Entry>()
  #paid: bigint

  private constructor(chain: Chain, values: Values, paid: bigint) {
    this.#chain = chain
    this.#values = values
    this.#paid = paid
  }

  /** Opens the purse of one chain. Throws `storage` or `malformed`. */
  static async open(chain: Chain, values: Values): Promise<Purse> {
    const kept = await values.get(PURSE)
    if (kept === undefined) return new Purse(chain, values, 0n)
    const record = readRecord(kept, PURSE, ['paid', 'held'])
    const purse = new Purse(chain, values, readWei(record.paid, `${PURSE}.paid`))
    const read = (entry: unknown, path: string): string => readText(entry, path, 120)
    for (const name of readList(record.held, `${PURSE}.held`, { max: 100_000, read })) {
      const packed = await values.get(name)
      if (packed !== undefined && packed !== PAID)
        purse.#held.set(name, { ...parseHeld(packed, name), isFinal: false })
    }
    return purse
  }

  /** The totals promised in epochs from `from` on, leaving one out. */
  unposted(jobId: Hex, { from, except }: { readonly from: number; readonly except: number }): bigint {
    return [...this.#held.values()]
      .map(({ signed }) => signed.statement)
      .filter(
        (statement) => statement.jobId === jobId && statement.epoch >= from && statement.epoch !== except,
      )
      .reduce((sum, statement) => sum + statement.total, 0n)
  }

  /** Keeps a promise that was checked, in the place of an older one of its epoch. */
  async hold(held: Held): Promise<void> {
    const { jobId, epoch, seq } = held.signed.statement
    const name = nameOf(jobId, epoch)
    const known = this.#held.get(name)
    if (known !== undefined && known.signed.statement.seq >= seq) return
    if (known === undefined && (await this.#values.get(name)) === PAID) return
    await this.#values.set(name, packHeld(held))
    if (known !== undefined && !this.#held.has(name)) return this.#values.set(name, PAID) // paid meanwhile
    this.#held.set(name, { ...held, isFinal: false })
    if (known === undefined) await this.#keep()
  }

  /** Asks the chain what has become of each promise. True when something changed. Throws `unreachable`. */
  async refresh(): Promise<boolean> {
    let isChanged = false
    const now = this.#held.size === 0 ? 0 : await chainTime(this.#chain)
    for (const [name, entry] of this.#held) {
      const { jobId, epoch: number } = entry.signed.statement
      const epoch = await readEpoch(this.#chain, { jobId, epoch: number })
      if (epoch === undefined || epoch.finalAt > now) continue
      if (await isClaimed(this.#chain, { jobId, epoch: number, index: entry.leaf.index }))
        await this.#cash(name, entry)
      else if (entry.isFinal) continue
      else entry.isFinal = true
      isChanged = true
    }
    return isChanged
  }

  get money(): Money {
    const sum = (entries: Entry[]): Wei => toWei(entries.reduce((total, { leaf }) => total + leaf.amount, 0n))
    const all = [...this.#held.values()]
    return {
      promised: sum(all.filter(({ isFinal }) => !isFinal)),
      claimable: sum(all.filter(({ isFinal }) => isFinal)),
      paid: toWei(this.#paid),
    }
  }

  /** What was paid and what is held change in one write, so that no crash counts a payment twice. */
  async #cash(name: string, { leaf }: Entry): Promise<void> {
    if (!this.#held.delete(name)) return
    this.#paid += leaf.amount
    await this.#keep()
    await this.#values.set(name, PAID)
  }

  async #keep(): Promise<void> {
    await this.#values.set(PURSE, { paid: this.#paid.toString(), held: [...this.#held.keys()] })
  }
}

function nameOf(jobId: Hex, epoch: number): string {
  return `purse/${jobId}/${epoch}`
}

function packHeld({ signed, leaf, proof, opening }: Held): unknown {
  return { signed: packStatement(signed), leaf: packLeaf(leaf), proof, opening: packOpening(opening) }
}

function parseHeld(value: unknown, path: string): Held {
  const record = readRecord(value, path, ['signed', 'leaf', 'proof', 'opening'])
  const proof = readBytes(record.proof, `${path}.proof`, [0, 44 * MAX_DEPTH])
  return {
    signed: parseStatement(record.signed, path),
    leaf: parseLeaf(record.leaf, path),
    proof,
    opening: parseOpening(record.opening, path),
  }
}
