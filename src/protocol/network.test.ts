import { expect, test } from 'vitest'
import { checkChain, parseNetwork } from './network.ts'

const network = {
  chainId: 31337,
  genesis: `0x${'ab'.repeat(32)}`,
  escrow: '0x5fbdb2315678afecb367f032d93f642f64180aa3',
  rpc: '/rpc',
  relays: ['/ip4/127.0.0.1/tcp/9000/ws'],
  iceServers: [],
  currency: 'ETH',
  isTest: true,
}

test('a network reads as it was written, with and without a faucet', () => {
  expect(parseNetwork(network)).toEqual(network)
  expect(parseNetwork({ ...network, faucet: '/faucet' })).toEqual({ ...network, faucet: '/faucet' })
})

test.each([
  [null, 'network: expected an object'],
  [{ ...network, more: 1 }, 'network.more: unknown field'],
  [{ ...network, chainId: 0 }, 'network.chainId: expected a whole number'],
  [{ ...network, genesis: '0xab' }, 'network.genesis: expected 32 bytes'],
  [{ ...network, genesis: 'none' }, 'network.genesis: expected hexadecimal digits'],
  [{ ...network, escrow: '0x5f' }, 'network.escrow: expected an address'],
  [{ ...network, rpc: 1 }, 'network.rpc: expected text'],
  [{ ...network, relays: [1] }, 'network.relays[0]: expected text'],
  [{ ...network, iceServers: 'stun' }, 'network.iceServers: expected a list'],
  [{ ...network, currency: 'a very long name' }, 'network.currency: expected at most 12'],
  [{ ...network, isTest: 1 }, 'network.isTest: expected true or false'],
  [{ ...network, faucet: 1 }, 'network.faucet: expected text'],
])('a bad field is named: %#', (value, message) => {
  expect(() => parseNetwork(value)).toThrow(message)
})

test('a chain that was started afresh is not the one that the network names', () => {
  const named = parseNetwork(network)
  expect(() => checkChain(named, { chainId: 31337, genesis: named.genesis })).not.toThrow()
  const fresh = (): void => checkChain(named, { chainId: 31337, genesis: `0x${'cd'.repeat(32)}` })
  expect(fresh).toThrow(
    'The chain at /rpc is 31337 with genesis 0xcdcdcdcd…; this network is on 31337 with genesis 0xabababab…',
  )
  expect(fresh).toThrow(expect.objectContaining({ code: 'refused' }))
  expect(() => checkChain(named, { chainId: 1, genesis: named.genesis })).toThrow(
    'The chain at /rpc is 1 with',
  )
})
