import type { Multiaddr } from '@multiformats/multiaddr'

/** The page that wants to dial: its protocol (`https:`) and host name. */
export type DialingPage = { readonly protocol: string; readonly hostname: string }

/**
 * Tells whether a page may open a socket to an address that a peer named. A page of the public web must not be used to
 * reach into its visitor's own machine or network, and a secure page cannot open a plain websocket.
 */
export function mayDial(address: Multiaddr, page: DialingPage): boolean {
  const parts = address.getComponents()
  const host = parts.find(({ name }) => /^(ip4|ip6|dns|dns4|dns6)$/.test(name))?.value
  if (host === undefined) return true
  if (isPrivateHost(host) && !isPrivateHost(page.hostname)) return false
  const isSecure = parts.some(({ name }) => name === 'tls' || name === 'wss')
  return isSecure || page.protocol !== 'https:' || isLoopback(host)
}

function isLoopback(host: string): boolean {
  return /^(127\.|localhost$|::1$|\[::1\]$)/.test(host) || host.endsWith('.localhost')
}

function isPrivateHost(host: string): boolean {
  const isPrivate4 = /^(0|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\./.test(host)
  const isPrivate6 = host.includes(':') && /^\[?(::ffff:|::$|f[cd]|fe[89ab])/i.test(host)
  return isLoopback(host) || isPrivate4 || isPrivate6 || host.endsWith('.local') || !/[.:]/.test(host)
}
