import type { FrameStream } from '../../p2p/peer-node.ts'
import type { Address } from '../../protocol/address.ts'
import type { ChainName } from '../../protocol/announcement.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import { packMessage, parseMessage } from '../../protocol/work/codec.ts'
import type { Hello } from '../../protocol/work/hello.ts'
import { parseHello } from '../../protocol/work/hello.ts'
import type { WorkMessage } from '../../protocol/work/message.ts'
import type { Promised, PromiseTo } from '../../settler/settle.ts'
import type { Coordinator } from './coordinator.ts'
import type { Seat } from './seat.ts'
import { takeSeat } from './seat.ts'

/** What serving a provider needs from the publisher. */
export type ServePorts = {
  readonly chain: ChainName
  coordinators(): ReadonlyMap<Hex, Coordinator>
  promisedTo(payee: Address): Promised[]
  onSeat(seat: Seat, coordinator: Coordinator): void
  /** Tells the provider what is accepted, from now on and so far. */
  follow(seat: Seat, coordinator: Coordinator): void
  nowMs(): number
}

/** The most jobs that a welcome names. */
const MAX_JOBS = 256

/**
 * Serves one provider until its stream ends. The first word must be a hello. A message that does not parse ends the stream
 * with its reason; what the provider held goes to others.
 */
export async function serveProvider(stream: FrameStream, ports: ServePorts): Promise<void> {
  const seats = new Map<Coordinator, Seat>()
  try {
    let desk: Desk | undefined
    for await (const frame of stream.frames) {
      const message = parseMessage(frame)
      if (message.kind === 'goodbye') break
      if (desk === undefined) desk = new Desk(stream, welcome(stream, message, ports), { ports, seats })
      else desk.take(message)
    }
    await stream.close()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    tell(stream, { kind: 'refusal', jobId: undefined, why: reason(error) })
    await stream.drained()
    stream.abort(error)
  } finally {
    for (const [coordinator, seat] of seats) coordinator.leave(seat)
  }
}

/** Tells every provider what is newly promised to its payee. */
export function tellPromises(seats: Iterable<Seat>, promiseTo: PromiseTo): void {
  for (const seat of seats) {
    const own = promiseTo(seat.payee)
    if (own !== undefined) seat.tell({ kind: 'statement', ...own })
  }
}

function welcome(stream: FrameStream, message: WorkMessage, ports: ServePorts): Hello {
  if (message.kind !== 'hello')
    throw new Failure('refused', `The first message must be a hello, not "${message.kind}"`)
  const hello = parseHello(message.body, stream.remote)
  const { chainId, genesis } = ports.chain
  const isSameChain = hello.chains.some((chain) => chain.chainId === chainId && chain.genesis === genesis)
  if (!isSameChain)
    throw new Failure(
      'refused',
      `hello.chains: this publisher pays on chain ${chainId} with genesis ${genesis}`,
    )
  tell(stream, { kind: 'welcome', jobs: [...ports.coordinators().keys()].slice(0, MAX_JOBS) })
  for (const promised of ports.promisedTo(hello.payee)) tell(stream, { kind: 'statement', ...promised })
  return hello
}

function tell(stream: FrameStream, message: WorkMessage): void {
  stream.send(packMessage(message))
}

/** Where one provider's messages are answered. */
class Desk {
  readonly #stream: FrameStream
  readonly #hello: Hello
  readonly #ports: ServePorts
  readonly #seats: Map<Coordinator, Seat>

  constructor(
    stream: FrameStream,
    hello: Hello,
    { ports, seats }: { ports: ServePorts; seats: Map<Coordinator, Seat> },
  ) {
    this.#stream = stream
    this.#hello = hello
    this.#ports = ports
    this.#seats = seats
  }

  take(message: WorkMessage): void {
    switch (message.kind) {
      case 'follow':
        this.#at(message.jobId, (coordinator, seat) => this.#ports.follow(seat, coordinator))
        break
      case 'want':
        this.#at(message.jobId, (coordinator, seat) =>
          coordinator.want(seat, message.executor, message.frames),
        )
        break
      case 'return':
        this.#at(message.jobId, (coordinator, seat) => coordinator.giveBack(seat, message.leases))
        break
      case 'result':
        this.#at(message.results.jobId, (coordinator, seat) => void this.#result(coordinator, seat, message))
        break
      case 'unfit':
        this.#at(message.jobId, (coordinator, seat) => coordinator.unfit(seat, message))
        break
      case 'refusal':
        break
      default:
        throw new Failure('refused', `A provider does not send "${message.kind}"`)
    }
  }

  #at(jobId: Hex, act: (coordinator: Coordinator, seat: Seat) => void): void {
    const coordinator = this.#ports.coordinators().get(jobId)
    if (coordinator === undefined) {
      tell(this.#stream, { kind: 'refusal', jobId, why: `Job ${jobId} is not open here` })
      return
    }
    if (this.#hello.ask > coordinator.job.price) {
      tell(this.#stream, {
        kind: 'refusal',
        jobId,
        why: `The price of ${coordinator.job.price} wei is below your ask of ${this.#hello.ask} wei`,
      })
      return
    }
    act(coordinator, this.#seat(coordinator))
  }

  /** Results are journaled while the next messages are read; a full disk ends the stream. */
  async #result(
    coordinator: Coordinator,
    seat: Seat,
    message: Extract<WorkMessage, { kind: 'result' }>,
  ): Promise<void> {
    try {
      await coordinator.result(seat, message)
    } catch (error) {
      this.#stream.abort(
        new Failure('storage', `The publisher could not keep a result: ${reason(error)}`, { cause: error }),
      )
    }
  }

  #seat(coordinator: Coordinator): Seat {
    const known = this.#seats.get(coordinator)
    if (known !== undefined) return known
    const { remote: account, path } = this.#stream
    const seat = takeSeat(
      { account, path, hello: this.#hello, tell: (message) => tell(this.#stream, message) },
      this.#ports.nowMs(),
    )
    this.#seats.set(coordinator, seat)
    coordinator.seats.add(seat)
    this.#ports.onSeat(seat, coordinator)
    return seat
  }
}
