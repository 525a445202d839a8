import type { Hex } from '../../protocol/bytes.ts'
import type { CallOutline } from '../../protocol/escrow/call-outline.ts'
import type { RelayedCall } from '../../protocol/escrow/relayed-call.ts'
import { Failure, malformed, reason } from '../../protocol/failure.ts'
import type { Frame } from '../../protocol/frame.ts'
import type { PeerNode, RelayStatus } from '../peer-node.ts'
import type { Quote } from './relayer-message.ts'
import { packOrder, parseHash, parseQuote, RELAYER_FRAME, RELAYER_PROTOCOL } from './relayer-message.ts'

/** What one relay wants for a call. */
export type RelayerQuote = Quote & { readonly relay: RelayStatus }

/** A call that a relay has sent, and at which price. */
export type RelayedSend = { readonly hash: Hex; readonly quote: RelayerQuote }

/** How a call is made once it is known which relay sends it. */
export type RelayedOrder = {
  readonly outline: CallOutline
  /** Makes the call for a quote. Throws what speaks against that relay. */
  make(quote: RelayerQuote): RelayedCall | Promise<RelayedCall>
  /** Looks whether the chain knows what a relay says it has sent. Throws when it does not. */
  check?(hash: Hex): Promise<void>
}

/** The relays that send calls of the escrow for those without gas. What they say is believed by nobody: they can refuse, no more. */
export type Relayers = {
  /** What the connected relays want for such a call, the cheapest first. Throws `unreachable` or `refused` naming what each said. */
  quote(outline: CallOutline): Promise<RelayerQuote[]>
  /** Has a call sent by the cheapest relay, or if that fails by the next one. Throws the same, naming what each said. */
  send(order: RelayedOrder): Promise<RelayedSend>
}

/** The chain is asked several times before an answer comes. */
const ANSWER_MS = 30_000
const MAX_TRIES = 2

/** Opens the relayers of the node's relays. */
export function openRelayers(node: Pick<PeerNode, 'relays' | 'dial'>, signal: AbortSignal): Relayers {
  const ask = (relay: RelayStatus, question: Question): Promise<unknown> =>
    askRelay(node, { relay, question }, signal)
  const quote = async (outline: CallOutline): Promise<RelayerQuote[]> => {
    const relays = node.relays().filter(({ state }) => state === 'connected')
    if (relays.length === 0) throw new Failure('unreachable', 'no relay is connected that could send it')
    const refusals: Refusal[] = []
    const quotes = relays.map(async (relay) => {
      try {
        const said = parseQuote(await ask(relay, { type: RELAYER_FRAME.quote, body: outline }))
        return [{ ...said, relay }]
      } catch (error) {
        refusals.push({ relay, error })
        return []
      }
    })
    const good = (await Promise.all(quotes)).flat()
    if (good.length === 0) throw nobody(refusals)
    return good.sort((a, b) => (a.fee < b.fee ? -1 : a.fee > b.fee ? 1 : 0))
  }
  const send = async ({ outline, make, check }: RelayedOrder): Promise<RelayedSend> => {
    const refusals: Refusal[] = []
    for (const offered of (await quote(outline)).slice(0, MAX_TRIES)) {
      try {
        const body = packOrder({ call: await make(offered), fee: offered.fee })
        const hash = parseHash(await ask(offered.relay, { type: RELAYER_FRAME.send, body }))
        await check?.(hash)
        return { hash, quote: offered }
      } catch (error) {
        refusals.push({ relay: offered.relay, error })
      }
    }
    throw nobody(refusals)
  }
  return { quote, send }
}

type Question = Pick<Frame, 'type' | 'body'>
type Refusal = { readonly relay: RelayStatus; readonly error: unknown }

/** Asks on a stream of its own, which ends with the answer. Throws `refused` with the relay's sentence, `timeout`, `unreachable`, `malformed`. */
async function askRelay(
  node: Pick<PeerNode, 'dial'>,
  { relay, question }: { readonly relay: RelayStatus; readonly question: Question },
  signal: AbortSignal,
): Promise<unknown> {
  const { peer, address } = relay
  const stream = await node.dial({ peer, addresses: [address] }, RELAYER_PROTOCOL, signal)
  const late = new Failure('timeout', `no answer in ${ANSWER_MS / 1000} s`)
  const timer = setTimeout(() => stream.abort(late), ANSWER_MS)
  const stop = (): void => stream.abort(new Failure('cancelled', 'the question was dropped'))
  signal.addEventListener('abort', stop, { once: true })
  try {
    stream.send({ ...question, request: 1 })
    for await (const frame of stream.frames) return readAnswer(question, frame)
    throw new Failure('unreachable', 'the relay ended the stream without an answer')
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    void stream.close()
  }
}

function readAnswer(question: Question, { type, body }: Frame): unknown {
  if (type === RELAYER_FRAME.refused) throw new Failure('refused', String(body).slice(0, 300))
  const wanted = question.type === RELAYER_FRAME.quote ? RELAYER_FRAME.quoted : RELAYER_FRAME.sent
  if (type !== wanted) throw malformed('relayer frame', `type ${wanted}`, type)
  return body
}

/** One failure of all that was said. It is a refusal where one relay at least gave an answer. */
function nobody(refusals: readonly Refusal[]): Failure {
  const said = refusals.map(({ relay, error }) => `relay …${relay.peer.slice(-8)}: ${reason(error)}`)
  const isRefused = refusals.some(({ error }) => error instanceof Failure && error.code === 'refused')
  return new Failure(isRefused ? 'refused' : 'unreachable', `no relay sends it. ${said.join('; ')}`)
}
