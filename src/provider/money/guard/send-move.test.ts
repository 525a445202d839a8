import { afterAll, expect, test } from 'vitest'
import { balanceOf } from '../../../chain/chain.ts'
import { post } from '../../../chain/escrow/epochs.ts'
import { readDispute } from '../../../chain/escrow/read-escrow.ts'
import { encodeRelayed, sendEscrow } from '../../../chain/escrow/relayed.ts'
import { someone, startStage, treeOf, warp } from '../../../chain/escrow/test-job.ts'
import { fund } from '../../../chain/faucet.ts'
import type { RelayerQuote, Relayers } from '../../../p2p/relayer/relayers.ts'
import type { PrivateKey } from '../../../protocol/account.ts'
import { accountOf, makeKey } from '../../../protocol/account.ts'
import { testTerms } from '../../../protocol/escrow/test-opening.ts'
import { Failure } from '../../../protocol/failure.ts'
import { proofOf } from '../../../protocol/statement/sum-tree.ts'
import { toWei } from '../../../protocol/wei.ts'
import type { Held } from '../check-promise.ts'
import type { SenderPorts } from './send-move.ts'
import { sendMove } from './send-move.ts'

const { chain, publisher, settler, stop, domain, open, sign } = await startStage()
const RELAY = { peer: 'relay', address: '/relay', state: 'connected', reason: '' } as const

afterAll(() => stop())

/** A relayer that has gas and wants a fee. */
function relayer(fee: bigint, key: PrivateKey = publisher): Relayers {
  const quote: RelayerQuote = { fee: toWei(fee), account: accountOf(key), until: 4_000_000_000, relay: RELAY }
  return {
    quote: async () => [quote],
    send: async ({ make }) => {
      const { hash } = await sendEscrow(chain, key, encodeRelayed(await make(quote), toWei(fee)))
      return { hash, quote }
    },
  }
}

/** A promise of 500 wei to a key that has no coins, which the settler broke. */
async function cheat(key: PrivateKey): Promise<Held> {
  const { jobId, opening } = await open({ bond: toWei(2_000n), terms: testTerms({ challengeDelay: 100 }) })
  const tree = treeOf([[accountOf(key), 500n]])
  const [leaf] = tree.leaves
  if (leaf === undefined) throw new Error('no leaf')
  await post(chain, settler, { opening, signed: sign(jobId, treeOf([[someone(), 500n]])) })
  return { signed: sign(jobId, tree), leaf, proof: proofOf(tree, 0), opening }
}

const portsOf = (key: PrivateKey, change: Partial<SenderPorts> = {}): SenderPorts => ({
  ...{ chain, domain, key, relayers: relayer(30n), isFree: false },
  ...change,
})

test('a relayer challenges for a key without coins, and keeps the fee that the key signed for', async () => {
  const key = makeKey()
  const held = await cheat(key)
  await sendMove(portsOf(key), { kind: 'challenge', held, worth: 500n })
  const { jobId } = held.signed.statement
  expect(await readDispute(chain, jobId, accountOf(key))).toMatchObject({
    fee: 30n,
    helper: accountOf(publisher),
  })
  await warp(chain, 101)
  await sendMove(portsOf(key, { relayers: relayer(0n) }), { kind: 'resolve', held, worth: 500n })
  expect(await balanceOf(chain, accountOf(key))).toBe(470n)
})

test('a fee above what is at stake, or of an account that is not its own, is not signed for', async () => {
  const key = makeKey()
  const held = await cheat(key)
  await expect(sendMove(portsOf(key), { kind: 'challenge', held, worth: 29n })).rejects.toThrow(
    'fee: 30 wei are more than the 29 wei at stake',
  )
  await expect(sendMove(portsOf(makeKey()), { kind: 'challenge', held, worth: 500n })).rejects.toThrow(
    'nobody here can sign for 30 wei',
  )
  expect(await readDispute(chain, held.signed.statement.jobId, accountOf(key))).toBeUndefined()
})

test('without a relayer it is sent with own gas where that costs less than is at stake', async () => {
  const key = makeKey()
  const held = await cheat(key)
  const refuse = () => Promise.reject(new Failure('unreachable', 'no relay is connected'))
  const ports = portsOf(key, { relayers: { quote: refuse, send: refuse } })
  await expect(sendMove(ports, { kind: 'challenge', held, worth: 500n })).rejects.toThrow(
    'no relay is connected',
  )
  await fund(chain, accountOf(key), toWei(10n ** 18n))
  await expect(sendMove(ports, { kind: 'challenge', held, worth: 500n })).rejects.toThrow(
    /gas costs [0-9]+ wei, at stake are 500 wei/,
  )
  await sendMove({ ...ports, isFree: true }, { kind: 'challenge', held, worth: 500n })
  expect(await readDispute(chain, held.signed.statement.jobId, accountOf(key))).toMatchObject({ fee: 0n })
  await expect(
    sendMove({ ...ports, isFree: true }, { kind: 'challenge', held, worth: 500n }),
  ).rejects.toThrow('AlreadyProven(')
})
