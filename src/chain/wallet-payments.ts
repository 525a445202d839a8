import { decodeEventLog, encodeEventTopics, numberToHex, pad } from 'viem'
import { getBlock } from 'viem/actions'
import type { Address } from '../protocol/address.ts'
import { readAddress } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import type { Chain } from './chain.ts'
import { confirmedBlock } from './chain.ts'
import { explained } from './explain.ts'
import { escrowAbi } from './generated/abi.ts'

/** What the escrow paid to an account for one epoch of a job. */
export type Earned = {
  readonly account: Address
  readonly jobId: Hex
  readonly epoch: number
  readonly amount: Wei
  readonly hash: Hex
  /** The time of its block, in ms since 1970. */
  readonly at: number
}

/** The payments to some accounts, the newest first, from block `fromBlock` on. */
export type EarnedSince = { readonly earned: readonly Earned[]; readonly fromBlock: bigint }

/** How far back is looked, and how much is asked for at once: public nodes answer for no more. */
const MAX_BACK = 50_000n
const MAX_BLOCKS = 2_000n

type RawLog = { topics: [Hex, ...Hex[]]; data: Hex; blockNumber: Hex; transactionHash: Hex }

/** Reads what the escrow paid to these accounts in the newest 50 000 blocks. Throws `unreachable`. */
export function readEarned(chain: Chain, accounts: readonly Address[]): Promise<EarnedSince> {
  return explained('payments', async () => {
    const head = await confirmedBlock(chain)
    const fromBlock = head > MAX_BACK ? head - MAX_BACK : 0n
    const logs: RawLog[] = []
    for (let from = fromBlock; from <= head; from += MAX_BLOCKS) {
      const end = from + MAX_BLOCKS - 1n
      logs.push(...(await askLogs(chain, accounts, [from, end < head ? end : head])))
    }
    const times = await readTimes(chain, new Set(logs.map(({ blockNumber }) => blockNumber)))
    const earned = logs.map((log) => toEarned(log, times.get(log.blockNumber) ?? 0))
    return { earned: earned.reverse(), fromBlock }
  })
}

function askLogs(
  { client, escrow }: Chain,
  accounts: readonly Address[],
  [from, to]: readonly [bigint, bigint],
): Promise<RawLog[]> {
  const [event] = encodeEventTopics({ abi: escrowAbi, eventName: 'Claimed' })
  const topics = [event, null, null, accounts.map((account) => pad(account))]
  const range = { fromBlock: numberToHex(from), toBlock: numberToHex(to) }
  return client.request<{ Method: 'eth_getLogs'; Parameters: [object]; ReturnType: RawLog[] }>({
    method: 'eth_getLogs',
    params: [{ address: escrow, ...range, topics }],
  })
}

async function readTimes({ client }: Chain, blocks: ReadonlySet<Hex>): Promise<Map<Hex, number>> {
  const times = [...blocks].map(async (number): Promise<[Hex, number]> => {
    const { timestamp } = await getBlock(client, { blockNumber: BigInt(number) })
    return [number, Number(timestamp) * 1000]
  })
  return new Map(await Promise.all(times))
}

function toEarned({ data, topics, transactionHash }: RawLog, at: number): Earned {
  const { args } = decodeEventLog({ abi: escrowAbi, eventName: 'Claimed', data, topics })
  return {
    account: readAddress(args.account, 'account'),
    jobId: args.jobId,
    epoch: Number(args.epoch),
    amount: toWei(args.amount),
    hash: transactionHash,
    at,
  }
}
