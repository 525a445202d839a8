import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { mayDial } from './dial-policy.ts'

const publicPage = { protocol: 'https:', hostname: 'weft.example' }
const plainPage = { protocol: 'http:', hostname: 'weft.example' }
const localPage = { protocol: 'http:', hostname: '127.0.0.1' }
const RELAYED = '/p2p/16Uiu2HAm3hfx2AUipU1rQjm7bbuCaSwBXhpQxRVNq38kzZaLrbMV/p2p-circuit/webrtc'

const may = (address: string, page: typeof publicPage) => mayDial(multiaddr(address), page)

test('a public page reaches secure public sockets only', () => {
  expect(may('/dns4/relay.example/tcp/443/tls/ws', publicPage)).toBe(true)
  expect(may('/dns4/relay.example/tcp/443/wss', publicPage)).toBe(true)
  expect(may('/dns4/relay.example/tcp/80/ws', publicPage)).toBe(false)
  expect(may(`/dns4/relay.example/tcp/443/tls/ws${RELAYED}`, publicPage)).toBe(true)
})

test('no public page reaches into the visitor’s machine or network', () => {
  const hosts = [
    '/ip4/127.0.0.1',
    '/ip4/10.1.2.3',
    '/ip4/192.168.1.1',
    '/ip4/172.20.0.1',
    '/ip4/169.254.1.1',
    '/ip4/0.0.0.0',
    '/ip6/::1',
    '/ip6/fd00::1',
    '/ip6/fe80::1',
    '/ip6/::ffff:7f00:1',
    '/dns4/localhost',
    '/dns4/printer.local',
    '/dns4/router',
  ]
  for (const host of hosts) {
    for (const page of [publicPage, plainPage]) {
      expect(may(`${host}/tcp/443/tls/ws`, page), `${host} from ${page.protocol}`).toBe(false)
      expect(may(`${host}/tcp/80/ws${RELAYED}`, page), `${host} from ${page.protocol}`).toBe(false)
    }
  }
})

test('a page of this machine reaches this machine and its network', () => {
  expect(may('/ip4/127.0.0.1/tcp/80/ws', localPage)).toBe(true)
  expect(may('/ip4/192.168.1.1/tcp/80/ws', localPage)).toBe(true)
  expect(may('/ip4/127.0.0.1/tcp/80/ws', { protocol: 'https:', hostname: 'localhost' })).toBe(true)
})

test('a plain page reaches plain public sockets', () => {
  expect(may('/dns4/relay.example/tcp/80/ws', plainPage)).toBe(true)
  expect(may('/ip4/172.32.0.1/tcp/80/ws', plainPage)).toBe(true)
})
