import type { FrameStream } from '../../p2p/peer-node.ts'
import type { Address } from '../../protocol/address.ts'
import type { ChainName } from '../../protocol/announcement.ts'
import type { Digest, Hex } from '../../protocol/bytes.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import { MAX_ACCEPTED_UNITS, packMessage, parseMessage } from '../../protocol/work/codec.ts'
import type { Hello } from '../../protocol/work/hello.ts'
import { parseHello } from '../../protocol/work/hello.ts'
import type { WorkMessage } from '../../protocol/work/message.ts'
import type { Promised } from '../../settler/settle.ts'
import type { Coordinator } from './coordinator.ts'
import type { Seat } from './seat.ts'
import { takeSeat } from './seat.ts'

/** What serving a provider needs from the publisher. */
export type ServePorts = {
  readonly chain: ChainName
  coordinators(): ReadonlyMap<Hex, Coordinator>
  promisedTo(payee: Address): Promised[]
  onSeat(seat: Seat, coordinator: Coordinator): void
  nowMs(): number
}

/**
 * Serves one provider until its stream ends. The first word must be a hello. A message that does not parse ends the stream
 * with its reason; what the provider held goes to others.
 */
export async function serveProvider(stream: FrameStream, ports: ServePorts): Promise<void> {
  const seats = new Map<Coordinator, Seat>()
  try {
    let hello: Hello | undefined
    for await (const frame of stream.frames) {
      const message = parseMessage(frame)
      if (hello === undefined) hello = welcome(stream, message, ports)
      else if (message.kind === 'goodbye') break
      else await new Desk(stream, hello, { ports, seats }).take(message)
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

/** Sends the units of a job that are accepted, in as many messages as they need. */
export function tellAccepted(
  seats: Iterable<Pick<Seat, 'tell'>>,
  jobId: Hex,
  accepted: readonly { readonly unit: number; readonly digest: Digest; readonly isOwn: boolean }[],
): void {
  for (let from = 0; from < accepted.length; from += MAX_ACCEPTED_UNITS) {
    const part = accepted.slice(from, from + MAX_ACCEPTED_UNITS)
    const units = part.map(({ unit }) => unit)
    const digests = part.map(({ digest }) => digest)
    const own = part.filter(({ isOwn }) => isOwn).length
    for (const seat of seats) seat.tell({ kind: 'accepted', jobId, units, digests, own })
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
  tell(stream, { kind: 'welcome', jobs: [...ports.coordinators().keys()] })
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

  async take(message: WorkMessage): Promise<void> {
    switch (message.kind) {
      case 'follow':
        return this.#at(message.jobId, (coordinator, seat) => this.#follow(coordinator, seat))
      case 'want':
        return this.#at(message.jobId, (coordinator, seat) =>
          coordinator.want(seat, message.executor, message.frames),
        )
      case 'return':
        return this.#at(message.jobId, (coordinator, seat) => coordinator.giveBack(seat, message.leases))
      case 'result':
        return this.#at(
          message.results.jobId,
          (coordinator, seat) => void this.#result(coordinator, seat, message),
        )
      case 'refusal':
        return
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

  #follow(coordinator: Coordinator, seat: Seat): void {
    seat.isFollowing = true
    const { board, job } = coordinator
    const accepted = Array.from({ length: board.size }, (_, unit) => unit).flatMap((unit) => {
      const digest = board.output(unit)
      return digest === undefined
        ? []
        : [{ unit, digest, isOwn: board.votes(unit).some((vote) => vote.isOwn) }]
    })
    tellAccepted([seat], job.jobId, accepted)
    for (const { unit, evidence } of coordinator.rejections(seat)) {
      seat.tell({ kind: 'rejected', jobId: job.jobId, unit, evidence })
    }
  }
}
