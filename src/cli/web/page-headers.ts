import type { Network } from '../../protocol/network.ts'

/** HTTP headers by lower-case name. */
export type Headers = Readonly<Record<string, string>>

/** Headers of every answer. */
export const everywhere: Headers = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
}

/** The policy of an answer that is no page: nothing it holds may run or load anything. */
export const inert = "default-src 'none'; frame-ancestors 'none'"

/** The headers of a page. Only the page made for other sites may be framed by them. */
export function pageHeaders(path: string, network: Pick<Network, 'rpc' | 'relays'>): Headers {
  const isEmbed = path === '/embed.html'
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${connections(network).join(' ')}`,
    "frame-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${isEmbed ? '*' : "'none'"}`,
  ].join('; ')
  return isEmbed
    ? { 'content-security-policy': policy, ...crossSite }
    : { 'content-security-policy': policy, 'cross-origin-opener-policy': 'same-origin' }
}

/** Lets pages of other sites that ask for it load this file. */
export const crossSite: Headers = { 'cross-origin-resource-policy': 'cross-origin' }

/** Where a page connects to: its own origin, publishers by WebSocket, the relays, and the chain when it is elsewhere. */
function connections({ rpc, relays }: Pick<Network, 'rpc' | 'relays'>): string[] {
  const chain = URL.canParse(rpc) ? [new URL(rpc).origin] : []
  return [
    ...new Set([
      "'self'",
      'wss:',
      'ws://127.0.0.1:*',
      'ws://localhost:*',
      ...chain,
      ...relays.flatMap(socketOf),
    ]),
  ]
}

/** The source that allows a relay's plain WebSocket address; the encrypted ones are all allowed. */
function socketOf(relay: string): string[] {
  const found = /^\/(?:ip4|dns|dns4)\/([\w.-]+)\/tcp\/(\d+)\/ws(?:\/|$)/.exec(relay)
  return found === null ? [] : [`ws://${found[1]}:${found[2]}`]
}
