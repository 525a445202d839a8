import type { Chain } from '../../../chain/chain.ts'
import { LOCAL_CHAIN_ID } from '../../../chain/chains.ts'
import { Bell } from '../../../p2p/bell.ts'
import type { Relayers } from '../../../p2p/relayer/relayers.ts'
import type { PrivateKey } from '../../../protocol/account.ts'
import type { ChainName } from '../../../protocol/announcement.ts'
import type { Hex } from '../../../protocol/bytes.ts'
import { Failure, reason } from '../../../protocol/failure.ts'
import type { Statement } from '../../../protocol/statement/statement.ts'
import type { Leaf } from '../../../protocol/statement/sum-tree.ts'
import type { Values } from '../../../store/store.ts'
import type { Purse } from '../purse.ts'
import type { TokenBook } from '../token-book.ts'
import type { GuardEvent, GuardPace } from './guard.ts'
import { Guard } from './guard.ts'
import { MoveLog } from './move-log.ts'
import type { Notices } from './notices.ts'

export type KeeperPorts = {
  readonly chain: Chain
  readonly chainName: ChainName
  readonly purse: Purse
  readonly tokens: TokenBook
  /** Where what belongs to this chain is kept. */
  readonly values: Values
  readonly notices: Notices
  readonly relayers: Relayers
  readonly cashOuts: { refresh(): Promise<void> }
  readonly key: PrivateKey
  /** How often the chain is asked what became of promises. */
  readonly moneyMs: number
  fetchLeaves(statement: Statement): Promise<readonly Leaf[]>
  awayMs(jobId: Hex): number
  /** Whether work waits for what the chain will say. */
  isPressing(): boolean
  /** The money or a notice has changed. */
  onChange(): void
  /** What is wrong with the chain; empty when nothing is. */
  onChain(trouble: string): void
  nowMs(): number
}

const PRESSING_POLLS = 2
const LOCAL_PACE: GuardPace = { postMs: 60_000, awayMs: 30_000, againMs: 8_000 }
/** A settler has a day to post; an hour more is for its transaction. */
const PACE: GuardPace = { postMs: 25 * 3_600_000, awayMs: 600_000, againMs: 600_000 }

/** Keeps an eye on the money of a provider for as long as it works: asks the chain, and defends what was promised. */
export class Keeper {
  readonly #ports: KeeperPorts
  readonly #guard: Guard
  readonly #bell = new Bell()

  constructor(ports: KeeperPorts) {
    const { chain, chainName, purse, relayers, key } = ports
    const { chainId } = chainName
    const isFree = chainId === LOCAL_CHAIN_ID
    const sender = { chain, domain: { chainId, escrow: chain.escrow }, relayers, key, isFree }
    this.#ports = ports
    this.#guard = new Guard({
      ...{ chain, purse, log: new MoveLog(ports.values) },
      tokens: ports.tokens,
      pace: isFree ? LOCAL_PACE : PACE,
      fetchLeaves: (statement) => ports.fetchLeaves(statement),
      // What sends is fetched when there is something to send.
      send: async (move) => (await import('./send-move.ts')).sendMove(sender, move),
      awayMs: (jobId) => ports.awayMs(jobId),
      report: (event) => void this.#report(event),
      nowMs: () => ports.nowMs(),
    })
  }

  /** Looks again at once. */
  ring(): void {
    this.#bell.ring()
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { chain, moneyMs, onChain, onChange, purse, cashOuts } = this.#ports
    while (!signal.aborted) {
      await this.#bell.wait(this.#ports.isPressing() ? PRESSING_POLLS * chain.pollMs : moneyMs, signal)
      if (signal.aborted) return
      try {
        if (await purse.refresh()) onChange()
        await cashOuts.refresh()
        await this.#guard.watch()
        onChain('')
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        onChain(`The chain does not answer: ${reason(error)}`)
      }
    }
  }

  /** What happened is kept for the visitor; trouble that is tried again and again is told once. */
  async #report({ kind, jobId, text }: GuardEvent): Promise<void> {
    const { notices, nowMs, onChange, onChain } = this.#ports
    const isTold = notices.newest.some((one) => one.jobId === jobId && one.text === text)
    if (kind === 'trouble' && isTold) return
    try {
      await notices.add({ at: nowMs(), kind, jobId, text })
    } catch (error) {
      onChain(`A notice could not be kept: ${reason(error)}`)
    }
    this.ring()
    onChange()
  }
}
