import { Failure, reason } from '../../protocol/failure.ts'
import type { FromFrame, Role, ToFrame } from '../message.ts'
import { parseFromFrame } from '../message.ts'
import { cancelled, WorkerLink } from './worker-link.ts'

/** Where the sandbox page is, and where in the document its frame goes. */
export type FrameOptions = {
  readonly url: string
  readonly container?: HTMLElement | undefined
  /** The number of the frame in its page. */
  readonly frame: number
  /** What an earlier frame found out: it is not tried again, because a GPU that hangs would hold up this frame too. */
  readonly known?: FrameOpen | undefined
}
/** What the frame said when it opened. */
export type FrameOpen = FromFrame & { kind: 'open' }
type Opened = { readonly open: FrameOpen; readonly frame: number }

const LOAD_MS = 20_000
/** Our own page answers as soon as it is loaded; an error page never does. */
const ANSWER_MS = 5_000
/** A frame that looks for a GPU says every second that it is there; one that a GPU which hangs holds up cannot. */
const SILENT_MS = 8_000
/** Looking for a GPU may take its time; two kinds of workers may be tried. */
const OPEN_MS = 40_000
const READY_MS = 10_000

/** One sandbox frame in the document of the page. */
export class FrameHost {
  readonly open: FrameOpen
  readonly #frame: number
  readonly #element: HTMLIFrameElement
  readonly #port: MessagePort
  readonly #links = new Map<number, WorkerLink>()
  #count = 0
  #isClosed = false

  private constructor(element: HTMLIFrameElement, port: MessagePort, { open, frame }: Opened) {
    this.#frame = frame
    this.#element = element
    this.#port = port
    this.open = open
    port.onmessage = ({ data }) => this.#take(data)
    // A frame that is moved in the document, or navigates, loads anew and has lost all workers.
    element.addEventListener('load', () =>
      this.close(new Failure('unreachable', 'The sandbox frame was loaded anew')),
    )
  }

  /**
   * Loads the sandbox page and waits until it has found out what the browser allows. Throws `unreachable`, `unsupported`,
   * `cancelled`, or `wedged` where it began and then fell silent.
   */
  static async open(options: FrameOptions, signal: AbortSignal): Promise<FrameHost> {
    const element = makeFrame(options)
    const { port1, port2 } = new MessageChannel()
    try {
      const opened = await greet(element, { port: port1, remote: port2, options, signal })
      if (opened.isSilent === true) element.dataset.gpu = 'silent'
      return new FrameHost(element, port1, { open: opened, frame: options.frame })
    } catch (error) {
      element.remove()
      throw error
    }
  }

  /** Whether a frame of the document, be it of another sandbox, has found the GPU silent. */
  static get isGpuSilent(): boolean {
    return document.querySelector('iframe[data-gpu=silent]') !== null
  }

  /**
   * Spawns a worker and waits until it is ready. Throws `unreachable` when the frame does not answer any more, and for want of
   * a GPU `wedged` or `device-lost`: asking for an adapter blocks the whole worker while a dispatch hangs.
   */
  async spawn(role: Role, signal: AbortSignal, readyMs = READY_MS): Promise<WorkerLink> {
    if (!this.#isThere())
      throw new Failure('unreachable', 'The sandbox frame is not in the document any more')
    const worker = this.#count
    this.#count += 1
    const { port1, port2 } = new MessageChannel()
    const kill = (): void => {
      this.#links.delete(worker)
      this.#say({ kind: 'kill', worker })
    }
    const link = new WorkerLink(port1, {
      place: { frame: this.#frame, worker },
      kill,
      isThere: () => this.#isThere(),
    })
    this.#links.set(worker, link)
    this.#say({ kind: 'spawn', worker, role }, [port2])
    try {
      const ready = await link.receive(readyMs, signal)
      if (ready.kind !== 'ready')
        throw new Failure('malformed', `The sandbox sent "${ready.kind}" where "ready" belongs`)
      if (role === 'gpu' && ready.gpu === undefined)
        throw ready.isSilent ? wedged() : new Failure('device-lost', 'The browser gives no GPU device')
      return link
    } catch (error) {
      link.end()
      if (!(error instanceof Failure) || error.code !== 'timeout') throw error
      if (role === 'gpu') throw wedged()
      throw new Failure('unreachable', 'The sandbox frame does not answer any more', { cause: error })
    }
  }

  /** Takes the frame out of the document, and with it all workers. */
  close(failure: Failure = cancelled()): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const link of [...this.#links.values()]) link.end(failure)
    this.#port.close()
    this.#element.remove()
  }

  #isThere(): boolean {
    return !this.#isClosed && this.#element.isConnected
  }

  #say(message: ToFrame, transfer: Transferable[] = []): void {
    if (!this.#isClosed) this.#port.postMessage(message, transfer)
  }

  #take(data: unknown): void {
    const message = hear(data, (failure) => this.close(failure))
    if (message?.kind === 'crashed')
      this.#links.get(message.worker)?.end(new Failure('trap', `The worker failed: ${message.message}`))
    else if (message?.kind === 'passed') this.#links.get(message.worker)?.take(message.message)
  }
}

/** A frame that is laid out, so that no browser puts it to sleep as not rendered, but neither seen nor reached by keyboard. */
function makeFrame({ url, container = document.body }: FrameOptions): HTMLIFrameElement {
  const element = document.createElement('iframe')
  element.setAttribute('sandbox', 'allow-scripts')
  element.setAttribute('aria-hidden', 'true')
  element.title = 'Weft sandbox'
  element.tabIndex = -1
  element.referrerPolicy = 'no-referrer'
  element.src = url
  const style = 'position:fixed;left:0;bottom:0;width:1px;height:1px;border:0;opacity:0;pointer-events:none'
  element.style.cssText = style
  container.append(element)
  return element
}

/** Reads what a frame says. One that says what no frame of ours says is given up. */
function hear(data: unknown, giveUp: (failure: Failure) => void): FromFrame | undefined {
  try {
    return parseFromFrame(data)
  } catch (error) {
    giveUp(new Failure('malformed', `The sandbox frame sent what no frame of ours sends: ${reason(error)}`))
    return undefined
  }
}

function wedged(): Failure {
  return new Failure('wedged', 'The GPU does not answer')
}

type Greeting = { port: MessagePort; remote: MessagePort; options: FrameOptions; signal: AbortSignal }

async function greet(
  element: HTMLIFrameElement,
  { port, remote, options: { url, known }, signal }: Greeting,
): Promise<FrameOpen> {
  return await new Promise<FrameOpen>((resolve, reject) => {
    const hint = `Is ${url} served, and does the page's policy allow frame-src 'self'?`
    const late = (): void => end(new Failure('unreachable', `The sandbox page does not answer. ${hint}`))
    let timer = setTimeout(late, LOAD_MS)
    let openBy: number | undefined
    const wait = (ms: number, then = late): void => {
      clearTimeout(timer)
      timer = setTimeout(then, ms)
    }
    const look = (): void => {
      openBy ??= performance.now() + OPEN_MS
      wait(Math.min(SILENT_MS, openBy - performance.now()), () => end(wedged()))
    }
    const cancel = (): void => end(cancelled())
    const end = (result: FrameOpen | Failure): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', cancel)
      if (result instanceof Failure) reject(result)
      else resolve(result)
    }
    if (signal.aborted) return cancel()
    signal.addEventListener('abort', cancel, { once: true })
    port.onmessage = ({ data }) => {
      const message = hear(data, end)
      if (message === undefined) return
      if (message.kind === 'opening') look()
      else if (message.kind === 'open') end(message)
      else end(new Failure('unsupported', `No sandbox in this browser: ${message.message}`))
    }
    const greeting = (): void => {
      wait(ANSWER_MS)
      // The frame has an opaque origin, so that no other target can be named; it is our own page, loaded by our own address.
      element.contentWindow?.postMessage(known, '*', [remote])
    }
    element.addEventListener('load', greeting, { once: true })
  })
}
