import { wasi } from '@bjorn3/browser_wasi_shim'
import type { Host } from './host.ts'
import { Errno } from './tree.ts'

const MAX_SUBSCRIPTIONS = 1_024
const [SUBSCRIPTION_BYTES, EVENT_BYTES] = [48, 32]

type Event = { readonly userdata: bigint; readonly type: number; readonly error: number }
type Alarm = { readonly userdata: bigint; readonly isReal: boolean; readonly time: bigint }
type Poll = { readonly input: number; readonly output: number; readonly count: number }

/**
 * `poll_oneoff`: what is open can always be read and written at once. Where nothing but clocks is waited for, the time of the
 * unit jumps to the first that rings. Gives the number of events.
 */
export function poll(host: Host, { input, output, count }: Poll): number {
  if (count === 0 || count > MAX_SUBSCRIPTIONS) throw new Errno(wasi.ERRNO_INVAL)
  host.work(count * (SUBSCRIPTION_BYTES + EVENT_BYTES))
  const events: Event[] = []
  const alarms: Alarm[] = []
  for (let index = 0; index < count; index += 1) {
    const found = subscription(host, (input >>> 0) + index * SUBSCRIPTION_BYTES)
    if ('time' in found) alarms.push(found)
    else events.push(found)
  }
  const first = alarms.toSorted((a, b) => Number(untilRing(host, a) - untilRing(host, b)))[0]
  if (events.length === 0 && first !== undefined) host.clock.waitUntil(first.time, first.isReal)
  for (const alarm of alarms)
    if (untilRing(host, alarm) <= 0n)
      events.push({ userdata: alarm.userdata, type: wasi.EVENTTYPE_CLOCK, error: 0 })
  const { view } = host
  events.forEach(({ userdata, type, error }, index) => {
    const pointer = (output >>> 0) + index * EVENT_BYTES
    host.bytes(pointer, EVENT_BYTES).fill(0)
    new wasi.Event(userdata, error, type).write_bytes(view, pointer)
  })
  return events.length
}

/** The shim looks for the flags of a clock at a wrong place; these are the places of the specification. */
function subscription({ view, clock, shim }: Host, pointer: number): Event | Alarm {
  const userdata = view.getBigUint64(pointer, true)
  const type = view.getUint8(pointer + 8)
  if (type !== wasi.EVENTTYPE_CLOCK) {
    const isOpen = shim.fds[view.getUint32(pointer + 16, true)] !== undefined
    return { userdata, type, error: isOpen ? 0 : wasi.ERRNO_BADF }
  }
  const id = view.getUint32(pointer + 16, true)
  if (id > wasi.CLOCKID_THREAD_CPUTIME_ID) return { userdata, type, error: wasi.ERRNO_INVAL }
  const isReal = id === wasi.CLOCKID_REALTIME
  const timeout = view.getBigUint64(pointer + 24, true)
  const isAbsolute =
    (view.getUint16(pointer + 40, true) & wasi.SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME) !== 0
  return { userdata, isReal, time: isAbsolute ? timeout : clock.shown(isReal) + timeout }
}

function untilRing({ clock }: Host, { time, isReal }: Alarm): bigint {
  return time - clock.shown(isReal)
}
