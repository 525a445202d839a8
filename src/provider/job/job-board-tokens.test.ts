import { getCode } from 'viem/actions'
import { afterAll, expect, test } from 'vitest'
import { chainIdentity } from '../../chain/chain.ts'
import { ask, startStage } from '../../chain/escrow/test-job.ts'
import { compileTokens } from '../../chain/token/test-tokens.ts'
import type { PeerNode } from '../../p2p/peer-node.ts'
import { accountOf } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import type { Opening } from '../../protocol/escrow/opening.ts'
import { jobIdOf } from '../../protocol/escrow/opening.ts'
import { Failure } from '../../protocol/failure.ts'
import { toWei } from '../../protocol/wei.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import type { Sandbox } from '../../worker/sandbox.ts'
import { TokenBook } from '../money/token-book.ts'
import { DEFAULT_SETTINGS } from '../settings.ts'
import type { ProviderSettings } from '../state.ts'
import { JobBoard } from './job-board.ts'
import { noAdmission, testAnnouncement } from './test-work.ts'

const { chain, publisher, settler, stop, domain, open } = await startStage()
const chainName = await chainIdentity(chain)
const tokens = await compileTokens(chain, settler)
const end = new AbortController()

afterAll(() => {
  end.abort()
  return stop()
})

async function openIn(token: Address): Promise<Opening> {
  await tokens.mint(token, accountOf(publisher), 6_600n)
  return (await open({ token, budget: toWei(6_000n), bond: toWei(600n) })).opening
}

/** A board whose publishers cannot be reached: jobs are judged, and not begun. */
function openBoard(opening: Opening) {
  const scene = { settings: DEFAULT_SETTINGS as ProviderSettings }
  const dial = () => Promise.reject(new Failure('unreachable', 'not in this test'))
  const board = new JobBoard(
    {
      node: { dial, path: () => undefined, relays: () => [] } as unknown as PeerNode,
      ...{ chain, chainName, blobs: openMemoryStore().blobs },
      tokens: new TokenBook({ chain, chainId: chainName.chainId, nowMs: Date.now }),
      sandbox: { report: {} } as unknown as Sandbox,
      admission: noAdmission,
      hello: () => ({}),
      settings: () => scene.settings,
      report: () => undefined,
      onAccepted: () => undefined,
      onPromise: () => undefined,
      onChain: () => undefined,
      onChange: () => undefined,
      whyStop: () => undefined,
      nowMs: Date.now,
    },
    end.signal,
  )
  const said = { ...chainName, opening, jobId: jobIdOf(opening, domain), escrow: chain.escrow }
  board.take({ kind: 'added', announcement: testAnnouncement(said) })
  const [work] = [...board.works.values()]
  if (work === undefined) throw new Error('no job')
  const until = async (done: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 1_000 && !done(); tries += 1) {
      board.choose()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    if (!done()) throw new Error(`it did not come to this: ${work.kind} (${work.why})`)
  }
  return { scene, work, until }
}

test('a job in a token that is not accepted says so with symbol and address; accepted, it is taken, at any price', async () => {
  const token = await tokens.deploy('Token', 0n)
  const { scene, work, until } = openBoard(await openIn(token))
  await until(() => work.why.includes('TOK'))
  expect(work).toMatchObject({
    kind: 'other-token',
    why: `It pays in TOK (${token}): accept that token in the settings to work for it`,
    chain: undefined,
  })
  scene.settings = { ...DEFAULT_SETTINGS, tokens: [token], minPrice: toWei(10n ** 18n) }
  await until(() => work.chain !== undefined)
  expect(work).toMatchObject({ kind: 'open', chain: { token } })
  scene.settings = DEFAULT_SETTINGS
  await until(() => work.kind === 'other-token')
})

test('a job in a token that has come to change balances by itself is refused by name, although the token is accepted', async () => {
  const token = await tokens.deploy('Token', 0n)
  const { scene, work, until } = openBoard(await openIn(token))
  const code = await getCode(chain.client, { address: await tokens.deploy('RebasingToken') })
  await ask(chain, 'anvil_setCode', token, code)
  scene.settings = { ...DEFAULT_SETTINGS, tokens: [token] }
  await until(() => work.kind === 'refused')
  expect(work.why).toContain(`The token ${token} has sharesOf(address): its balances change by themselves`)
})
