import type { Facts, Pressure } from './decide.ts'
import { PRESSURES } from './decide.ts'

type Battery = EventTarget & { readonly charging: boolean }
type Connection = EventTarget & { readonly saveData?: boolean }
type Page = EventTarget & { readonly visibilityState: string }
type Observer = new (
  callback: (records: readonly { readonly state: string }[]) => void,
) => {
  observe(source: 'cpu', options: { sampleInterval: number }): Promise<void>
  disconnect(): void
}

/** What a browser tells of the computer; each is absent where it tells nothing. */
export type Machine = {
  getBattery?(): Promise<Battery>
  readonly connection?: Connection
  readonly PressureObserver?: Observer
  readonly page: Page
}

export type Learn = (facts: Partial<Facts>) => void

const SAMPLE_MS = 1_000

declare global {
  interface Navigator {
    getBattery?(): Promise<Battery>
    readonly connection?: Connection
  }
}

/** The browser that this page is in. */
export function thisMachine(): Machine {
  const { connection } = navigator
  const getBattery = navigator.getBattery?.bind(navigator)
  const PressureObserver: Observer | undefined = Reflect.get(globalThis, 'PressureObserver')
  return {
    page: document,
    ...(getBattery === undefined ? {} : { getBattery }),
    ...(connection === undefined ? {} : { connection }),
    ...(PressureObserver === undefined ? {} : { PressureObserver }),
  }
}

/** Tells what the browser says of the computer, now and at every change, until the signal aborts. */
export function watchMachine(machine: Machine, learn: Learn, signal: AbortSignal): void {
  watchPage(machine.page, learn, signal)
  if (machine.connection !== undefined) watchConnection(machine.connection, learn, signal)
  void watchBattery(machine, learn, signal)
  void watchPressure(machine, learn, signal)
}

function watchPage(page: Page, learn: Learn, signal: AbortSignal): void {
  const look = (): void => learn({ isVisible: page.visibilityState === 'visible' })
  page.addEventListener('visibilitychange', look, { signal })
  page.addEventListener('freeze', () => learn({ isFrozen: true }), { signal })
  page.addEventListener('resume', () => learn({ isFrozen: false }), { signal })
  look()
}

function watchConnection(connection: Connection, learn: Learn, signal: AbortSignal): void {
  const look = (): void => learn({ savesData: connection.saveData === true })
  connection.addEventListener('change', look, { signal })
  look()
}

async function watchBattery({ getBattery }: Machine, learn: Learn, signal: AbortSignal): Promise<void> {
  try {
    const battery = await getBattery?.()
    if (battery === undefined) return
    const look = (): void => learn({ isCharging: battery.charging })
    battery.addEventListener('chargingchange', look, { signal })
    look()
  } catch {
    // A frame on another site may not ask: then the fact stays unknown.
  }
}

async function watchPressure(
  { PressureObserver }: Machine,
  learn: Learn,
  signal: AbortSignal,
): Promise<void> {
  if (PressureObserver === undefined) return
  const observer = new PressureObserver((records) => learn({ pressure: readPressure(records.at(-1)?.state) }))
  signal.addEventListener('abort', () => observer.disconnect(), { once: true })
  try {
    await observer.observe('cpu', { sampleInterval: SAMPLE_MS })
  } catch {
    // No sensor, or a frame that may not ask: then nothing is known of pressure.
  }
}

/** A word of a later version of the API says nothing to us. */
function readPressure(state: string | undefined): Pressure {
  return PRESSURES.find((known) => known === state) ?? 'nominal'
}
