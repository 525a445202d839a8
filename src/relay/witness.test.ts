import { setMaxListeners } from 'node:events'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { PrivateKey } from '../protocol/account.ts'
import { accountOf, makeKey } from '../protocol/account.ts'
import type { SignedAnnouncement } from '../protocol/announcement.ts'
import type { Hex } from '../protocol/bytes.ts'
import { testOpening } from '../protocol/escrow/test-opening.ts'
import type { SignedStatement } from '../protocol/statement/statement.ts'
import { signStatement } from '../protocol/statement/statement.ts'
import { toWei } from '../protocol/wei.ts'
import type { Relay } from './relay.ts'
import { startRelay } from './relay.ts'
import { openPeer, signed } from './test-peers.ts'

const lifetime = new AbortController()
setMaxListeners(0, lifetime.signal)
let relay: Relay

beforeAll(async () => {
  relay = await startRelay({ key: makeKey() }, lifetime.signal)
})

afterAll(async () => {
  lifetime.abort()
  await relay.stopped
})

const settler = makeKey()
const ROOT: Hex = `0x${'1'.repeat(64)}`
const OTHER_ROOT: Hex = `0x${'2'.repeat(64)}`
/** Others may be using the machine. */
const patient = { timeout: 15_000 }
const open = () => openPeer(relay.addresses, lifetime.signal)

/** A job with this settler. */
function jobOf(key: PrivateKey): SignedAnnouncement {
  const publisher = makeKey()
  return signed(
    { opening: testOpening({ publisher: accountOf(publisher), settler: accountOf(key) }) },
    publisher,
  )
}

function statementOf({ announcement }: SignedAnnouncement, seq: number, root = ROOT): SignedStatement {
  const facts = { epoch: 0, isLast: false, depth: 0, units: 1, total: toWei(10n) }
  return signStatement(
    { ...facts, jobId: announcement.jobId, seq, root, dataHash: ROOT },
    announcement,
    settler,
  )
}

test('whoever shows a statement is told which one was shown first in its place', async () => {
  const [publisher, one, other] = await Promise.all([open(), open(), open()])
  const job = jobOf(settler)
  await publisher.registry.announce(job)
  const first = statementOf(job, 1)
  const later = statementOf(job, 2, OTHER_ROOT)
  await vi.waitFor(async () => expect(await one.registry.witness(first)).toEqual([first]), patient)
  const second = statementOf(job, 1, OTHER_ROOT)
  await vi.waitFor(async () => expect(await other.registry.witness(second)).toEqual([first]), patient)
  expect(await other.registry.witness(later)).toEqual([later])
  expect([...one.troubles, ...other.troubles]).toEqual([])
})

test('a statement of a job that is not announced, or not by its settler, is not kept', async () => {
  const [publisher, one] = await Promise.all([open(), open()])
  const [job, unknown] = [jobOf(makeKey()), jobOf(settler)]
  await publisher.registry.announce(job)
  await one.registry.query()
  expect(await one.registry.witness(statementOf(job, 1))).toEqual([])
  expect(await one.registry.witness(statementOf(unknown, 1))).toEqual([])
  await publisher.registry.announce(unknown)
  expect(await one.registry.witness(statementOf(unknown, 1))).toHaveLength(1)
})
