import { afterAll, beforeAll, expect, test } from 'vitest'
import { chainIdentity, chainTime } from '../../chain/chain.ts'
import { beginClose, openJob } from '../../chain/escrow/jobs.ts'
import { localTerms } from '../../chain/terms.ts'
import { startTestChain } from '../../chain/test-chain.ts'
import { accountOf } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import type { Announcement } from '../../protocol/announcement.ts'
import { digestOfCid } from '../../protocol/cid.ts'
import { testOpening } from '../../protocol/escrow/test-opening.ts'
import { manifestCid } from '../../protocol/manifest/manifest.ts'
import { toWei } from '../../protocol/wei.ts'
import { checkJob } from './check-job.ts'
import { testAnnouncement, testSample } from './test-work.ts'

const { chain, publisher, settler, stop } = await startTestChain()
const name = await chainIdentity(chain)
const stranger = `0x${'9'.repeat(40)}` as Address
let honest: Announcement

afterAll(() => stop())

async function open({ bond = 600n, postReserve = 0n } = {}): Promise<Announcement> {
  const opening = testOpening({
    publisher: accountOf(publisher),
    budget: toWei(6_000n),
    bond: toWei(bond),
    settler: accountOf(settler),
    manifest: digestOfCid(manifestCid(testSample.manifest)),
    terms: { ...localTerms(await chainTime(chain)), postReserve: toWei(postReserve) },
  })
  const { jobId } = await openJob(chain, publisher, { opening, contact: new Uint8Array() })
  return testAnnouncement({ ...name, jobId, opening, escrow: chain.escrow })
}

beforeAll(async () => {
  honest = await open()
})

test('an announcement that is true gives the job as the escrow holds it', async () => {
  expect(await checkJob(chain, name, honest)).toMatchObject({
    jobId: honest.jobId,
    settler: accountOf(settler),
    budget: 6_000n,
    bond: 600n,
  })
})

test.each<[string, Partial<Announcement>, string]>([
  ['another chain id', { chainId: 1 }, 'it is on another chain'],
  ['another genesis', { genesis: `0x${'8'.repeat(64)}` }, 'it is on another chain'],
  ['another escrow', { escrow: stranger }, `its escrow ${stranger} is not the one we know`],
  ['a job that is not there', { jobId: `0x${'8'.repeat(64)}` }, 'the escrow holds no such job'],
  ['a price that the budget does not cover', { price: toWei(6_001n) }, 'its escrow covers no more work'],
])('%s is refused by name', async (_, lie, why) => {
  await expect(checkJob(chain, name, { ...honest, ...lie })).rejects.toThrow(why)
  await expect(checkJob(chain, name, { ...honest, ...lie })).rejects.toMatchObject({ code: 'refused' })
})

test('a job whose reserve for posters leaves nothing for work is refused', async () => {
  await expect(checkJob(chain, name, await open({ postReserve: 5_991n }))).rejects.toThrow(
    'its escrow covers no more work',
  )
})

test('a job without a bond is refused', async () => {
  await expect(checkJob(chain, name, await open({ bond: 0n }))).rejects.toThrow(
    'nothing is laid down as bond',
  )
})

test('a job that is closing is refused', async () => {
  const said = await open()
  await beginClose(chain, publisher, said.opening)
  await expect(checkJob(chain, name, said)).rejects.toThrow('the job is closing')
})

test('delays that are too short to live with are refused with the term', async () => {
  const elsewhere = { ...name, chainId: 84532 }
  await expect(checkJob(chain, elsewhere, { ...honest, ...elsewhere })).rejects.toThrow(
    'terms.postDelay is 3 s; on chain 84532 at least 86400 s are needed',
  )
})

test('a node that answers with an error makes nobody a liar', async () => {
  const client = { ...chain.client, request: () => Promise.reject(new TypeError('rate limited')) }
  await expect(checkJob({ ...chain, client } as typeof chain, name, honest)).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('rate limited'),
  })
})
