import { expect, test } from 'vitest'
import type { Facts } from './decide.ts'
import type { Machine } from './machine.ts'
import { watchMachine } from './machine.ts'

/** A browser of which the test sets what it tells. */
function setUp(part: Partial<Machine> = {}) {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const end = new AbortController()
  const known: Partial<Facts>[] = []
  watchMachine({ page, ...part }, (facts) => known.push(facts), end.signal)
  return { page, end, known, last: () => Object.assign({}, ...known) }
}

test('a browser that tells of nothing but the page leaves the other facts unknown', () => {
  const { page, last, known } = setUp()
  expect(last()).toEqual({ isVisible: true })
  page.visibilityState = 'hidden'
  page.dispatchEvent(new Event('visibilitychange'))
  page.dispatchEvent(new Event('freeze'))
  expect(last()).toEqual({ isVisible: false, isFrozen: true })
  page.dispatchEvent(new Event('resume'))
  expect(last()).toMatchObject({ isFrozen: false })
  expect(known).toHaveLength(4)
})

test('the battery and the data saver are followed until the end', async () => {
  const battery = Object.assign(new EventTarget(), { charging: false })
  const connection = Object.assign(new EventTarget(), { saveData: true })
  const { last, end } = setUp({ connection, getBattery: async () => battery })
  await Promise.resolve()
  expect(last()).toMatchObject({ isCharging: false, savesData: true })
  battery.charging = true
  battery.dispatchEvent(new Event('chargingchange'))
  connection.saveData = false
  connection.dispatchEvent(new Event('change'))
  expect(last()).toMatchObject({ isCharging: true, savesData: false })
  end.abort()
  battery.charging = false
  battery.dispatchEvent(new Event('chargingchange'))
  expect(last()).toMatchObject({ isCharging: true })
})

/** The Compute Pressure API of a test. */
function pressureOf(observe: () => Promise<void>) {
  const sensor = { tell: (_: string) => undefined as unknown, isOff: false }
  class PressureObserver {
    constructor(callback: (records: readonly { readonly state: string }[]) => void) {
      sensor.tell = (state) => callback([{ state: 'critical' }, { state }])
    }
    observe = observe
    disconnect(): void {
      sensor.isOff = true
    }
  }
  return { sensor, PressureObserver }
}

test('the newest pressure counts, a strange one is none, and the sensor is let go at the end', () => {
  const { sensor, PressureObserver } = pressureOf(async () => undefined)
  const { last, end } = setUp({ PressureObserver })
  sensor.tell('serious')
  expect(last()).toMatchObject({ pressure: 'serious' })
  sensor.tell('molten')
  expect(last()).toMatchObject({ pressure: 'nominal' })
  end.abort()
  expect(sensor.isOff).toBe(true)
})

test('a frame that may not ask for battery and pressure works without', async () => {
  const { PressureObserver } = pressureOf(() => Promise.reject(new Error('not allowed')))
  const { last } = setUp({ PressureObserver, getBattery: () => Promise.reject(new Error('not allowed')) })
  await new Promise((resolve) => setTimeout(resolve))
  expect(last()).toEqual({ isVisible: true })
})
