import { expect, test } from 'vitest'
import { mayGoOn } from '../../market/exposure.ts'
import type { Digest } from '../../protocol/bytes.ts'
import type { Wei } from '../../protocol/wei.ts'
import { Owed } from './owed.ts'

const a = 'a'.repeat(64) as Digest
const b = 'b'.repeat(64) as Digest
const fresh = (): Owed => new Owed()
/** A delivery worth 10 that took 100 ms. */
const output = (digest: Digest, worth = 10n) => ({ digest, unitMs: 100, worth: worth as Wei })

test('a delivered result is owed until it is signed for', () => {
  const owed = fresh()
  owed.deliver(1, output(a))
  expect(owed.exposure).toEqual({ units: 1, workMs: 100, oldestAt: undefined })
  expect(owed.accept(1, a, 500)).toBe(true)
  expect(owed.exposure).toEqual({ units: 1, workMs: 100, oldestAt: 500 })
  owed.sign(10n as Wei, 600)
  expect(owed.exposure).toEqual({ units: 0, workMs: 0, oldestAt: undefined })
})

test('an acceptance of another output leaves our result owed until evidence comes', () => {
  const owed = fresh()
  owed.deliver(1, output(a))
  expect(owed.accept(1, b, 0)).toBe(false)
  expect(owed.exposure.units).toBe(1)
  owed.reject(1)
  expect(owed.exposure.units).toBe(0)
  expect(owed.rejected).toBe(1)
})

test('a statement that covers only a part starts the wait anew for the rest', () => {
  const owed = fresh()
  for (const unit of [1, 2, 3]) {
    owed.deliver(unit, output(a))
    owed.accept(unit, a, 100)
  }
  owed.sign(20n as Wei, 900)
  expect(owed.exposure).toEqual({ units: 1, workMs: 100, oldestAt: 900 })
})

test('an older statement takes nothing back', () => {
  const owed = fresh()
  owed.sign(20n as Wei, 0)
  owed.sign(10n as Wei, 0)
  expect(owed.signed).toBe(20n)
})

test('a publisher that never signs is left after two hundred units', () => {
  const owed = fresh()
  for (let unit = 0; unit < 199; unit += 1) owed.deliver(unit, output(a))
  expect(mayGoOn(owed.exposure, 0)).toBe(true)
  owed.deliver(199, output(a))
  expect(mayGoOn(owed.exposure, 0)).toBe(false)
})

test('what was on its way when the link broke is not expected to be signed for, and is forgiven by later signatures', () => {
  const owed = fresh()
  for (const unit of [1, 2]) owed.deliver(unit, output(a))
  owed.accept(1, a, 0)
  owed.doubt()
  expect(owed.accept(2, a, 0)).toBe(true)
  expect(owed.exposure).toMatchObject({ units: 2, oldestAt: 0 })
  owed.sign(10n as Wei, 5)
  expect(owed.exposure).toMatchObject({ units: 0, oldestAt: undefined })
  owed.deliver(3, output(a))
  owed.accept(3, a, 7)
  expect(owed.exposure).toMatchObject({ units: 1, oldestAt: 7 })
})

test('a doubtful result that was decided differently counts as lost, not as rejected', () => {
  const owed = fresh()
  owed.deliver(1, output(a))
  owed.doubt(1)
  expect(owed.accept(1, b, 0)).toBe(false)
  expect(owed.exposure.units).toBe(1)
  expect(owed.rejected).toBe(0)
})

test('a result that is turned down after its unit was accepted stays owed without a time limit', () => {
  const owed = fresh()
  owed.deliver(1, output(a))
  owed.accept(1, a, 3)
  owed.doubt(1)
  expect(owed.exposure).toMatchObject({ units: 1, oldestAt: undefined })
  owed.sign(10n as Wei, 9)
  expect(owed.exposure.units).toBe(0)
})

test('a publisher that breaks the link to be forgiven pays for half of the work at least', () => {
  const owed = fresh()
  for (let round = 0; round < 300; round += 1) {
    owed.deliver(round, output(a))
    owed.doubt()
    owed.accept(round, a, 0)
  }
  expect(mayGoOn(owed.exposure, 0)).toBe(false)
})

test('results of different worth are owed until their sum is signed for', () => {
  const owed = fresh()
  for (const [unit, worth] of [1n, 29n, 30n].entries()) {
    owed.deliver(unit, output(a, worth))
    owed.accept(unit, a, 1)
  }
  owed.sign(59n as Wei, 2)
  expect(owed.exposure).toMatchObject({ units: 1, oldestAt: 2 })
  owed.sign(60n as Wei, 3)
  expect(owed.exposure).toMatchObject({ units: 0, oldestAt: undefined })
})
