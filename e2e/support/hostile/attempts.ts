import type { Target } from './probe.ts'

/** What came of each attempt: `blocked: why`, `sent` where only the probe can tell, or what was reached. */
export type Outcomes = Record<string, string>
type Ways = Record<string, () => unknown>

/**
 * Tries every way out of a frame or a worker that a browser may have, and with `leaves` those that take the page along. It
 * refers to nothing outside itself, because its text runs in the sandbox.
 */
export async function attempts({ target, leaves }: { target: Target; leaves: boolean }): Promise<Outcomes> {
  // What a debugger runs at once may do what a policy forbids; what comes later may not.
  await new Promise((resolve) => setTimeout(resolve, 0))
  const { http, stun } = target
  const event = (source: object, good: string, bad: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const reached = (): void => resolve(`reached: ${good}`)
      Object.assign(source, { [`on${good}`]: reached, [`on${bad}`]: () => reject(new Error(bad)) })
    })
  const set = (name: string): boolean => Reflect.get(globalThis, name) !== undefined
  const call = (type: typeof RTCPeerConnection): Promise<unknown> => {
    const connection = new type({ iceServers: [{ urls: stun }] })
    connection.createDataChannel('out')
    return connection.createOffer().then((offer) => connection.setLocalDescription(offer))
  }
  const inner = `fetch('${http}nested').then(() => postMessage('fetch'), () => {
    try { importScripts('${http}nested-import'); postMessage('importScripts') } catch { postMessage('blocked') }
  })`
  const nested = (url: string): Promise<string> => {
    const worker = new Worker(url)
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) =>
        data === 'blocked' ? reject(new Error(data)) : resolve(`reached: ${data}`)
      worker.onerror = ({ message }) => reject(new Error(message || 'no worker'))
    })
  }

  const network: Ways = {
    fetch: () => fetch(`${http}fetch`),
    'fetch without cors': () => fetch(`${http}opaque`, { mode: 'no-cors', keepalive: true }),
    XMLHttpRequest: () => {
      const request = new XMLHttpRequest()
      request.open('GET', `${http}xhr`)
      request.send()
      return event(request, 'load', 'error')
    },
    EventSource: () => event(new EventSource(`${http}events`), 'open', 'error'),
    WebSocket: () => event(new WebSocket(`${target.ws}socket`), 'open', 'error'),
    WebTransport: () => new WebTransport(target.secure).ready,
    WebRTC: () => call(RTCPeerConnection),
    'WebRTC by its old name': () => call(Reflect.get(globalThis, 'webkitRTCPeerConnection')),
    sendBeacon: () => (navigator.sendBeacon(`${http}beacon`, 'x') ? 'sent' : Promise.reject(new Error('no'))),
  }
  const code: Ways = {
    importScripts: () => importScripts(`${http}import-scripts`),
    'import()': () => import(/* @vite-ignore */ `${http}import`),
    'import() of data': () => import(/* @vite-ignore */ ['data:text/javascript', 'export default 1'].join()),
    eval: () => Reflect.get(globalThis, 'eval')('1 + 1'),
    Function: () => new Function('return 1')(),
    'a timer with text': async () => {
      setTimeout("globalThis.weftTimer = 'yes'", 0)
      await new Promise((resolve) => setTimeout(resolve, 100))
      if (!set('weftTimer')) throw new Error('nothing ran')
    },
    'a worker by data URL': () => nested(`data:text/javascript,${encodeURIComponent(inner)}`),
    'a worker by blob URL': () => nested(URL.createObjectURL(new Blob([inner]))),
    'a worker from the network': () => nested(`${http}worker`),
    'a shared worker': () => new SharedWorker('data:text/javascript,1').port,
    'a service worker': () => navigator.serviceWorker.register(`${http}service`),
  }
  const storage: Ways = {
    indexedDB: () => event(indexedDB.open('escape'), 'success', 'error'),
    caches: () => caches.open('escape'),
    'private files': () => navigator.storage.getDirectory(),
    locks: () => navigator.locks.request('escape', () => 'reached'),
    cookieStore: () => cookieStore.set('escape', '1'),
    localStorage: () => localStorage.setItem('escape', '1'),
    sessionStorage: () => sessionStorage.setItem('escape', '1'),
  }
  const clocks: Ways = {
    SharedArrayBuffer: () => new SharedArrayBuffer(8),
    'a fine clock': () => {
      let [least, last] = [1, performance.now()]
      for (let turn = 0; turn < 20_000; turn += 1) {
        const now = performance.now()
        if (now > last) least = Math.min(least, now - last)
        last = now
      }
      // In steps of 0.1 ms; 0.005 ms where shared memory is allowed.
      if (least > 0.05) throw new Error(`${least} ms`)
      return `reached: ${least} ms`
    },
  }
  const inPage = (): Ways => {
    const add = (name: string, fields: object): Promise<string> => {
      const made = Object.assign(document.createElement(name), fields)
      const done = event(made, 'load', 'error')
      document.head.append(made)
      return done
    }
    const link = (rel: string): Promise<string> => add('link', { rel, as: 'script', href: `${http}${rel}` })
    return {
      'WebRTC of a new frame': () => {
        const frame = document.createElement('iframe')
        document.body.append(frame)
        return call(Reflect.get(frame.contentWindow ?? {}, 'RTCPeerConnection'))
      },
      'a picture': () => add('img', { src: `${http}picture` }),
      'a style': () => link('stylesheet'),
      'a preload': () => link('preload'),
      'a module ahead': () => link('modulepreload'),
      'a prefetch': () => link('prefetch'),
      'a script': () => add('script', { src: `${http}script` }),
      'a script in the page': () => {
        document.head.append(Object.assign(document.createElement('script'), { text: 'weftInline = 1' }))
        if (!set('weftInline')) throw new Error('did not run')
      },
      'a sound': () => add('audio', { src: `${http}sound` }),
      'an object': () => add('object', { data: `${http}object` }),
      'a frame': () => {
        void add('iframe', { src: `${http}frame` })
        return 'sent'
      },
      cookies: () => {
        Reflect.set(document, 'cookie', 'escape=1')
        if (document.cookie === '') throw new Error('not kept')
      },
      'the page around': () => (parent === self ? Promise.reject(new Error('alone')) : parent.document.title),
      'a window': () => {
        const opened = open(`${http}window`)
        if (opened === null) throw new Error('not opened')
      },
    }
  }
  const leaving: Ways = {
    'a form': () => {
      const form = Object.assign(document.createElement('form'), { action: `${http}form`, method: 'post' })
      document.body.append(form)
      form.submit()
      return 'sent'
    },
    'the address of the page': () => {
      Reflect.set(top ?? {}, 'location', `${http}top`)
      return 'sent'
    },
  }

  const isPage = typeof document !== 'undefined'
  const ways = {
    ...network,
    ...code,
    ...storage,
    ...clocks,
    ...(isPage ? inPage() : {}),
    ...(leaves ? leaving : {}),
  }
  const outcomes: Outcomes = {}
  const late = (): Promise<string> =>
    new Promise((resolve) => setTimeout(resolve, 3_000, 'blocked: no answer'))
  const one = async ([name, act]: [string, () => unknown]): Promise<void> => {
    try {
      const result = await Promise.race([act(), late()])
      outcomes[name] = typeof result === 'string' ? result : `reached: ${String(result)}`
    } catch (error) {
      outcomes[name] = `blocked: ${String(error).slice(0, 80)}`
    }
  }
  await Promise.all(Object.entries(ways).map(one))
  return outcomes
}
