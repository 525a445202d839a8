import { expect, test } from 'vitest'
import { allowRpc, MAX_RPC_BATCH, MAX_RPC_CHARS } from './rpc-allow.ts'

const call = (method: unknown, params: unknown = []) => ({ jsonrpc: '2.0', id: 1, method, params })

test('what a page needs to read and to send its own transactions passes', () => {
  const calls = [
    'eth_chainId',
    'eth_call',
    'eth_getStorageAt',
    'eth_sendRawTransaction',
    'eth_getLogs',
    'net_version',
  ].map((method) => call(method))
  for (const one of calls) expect(JSON.parse(allowRpc(JSON.stringify(one)))).toEqual(one)
  expect(JSON.parse(allowRpc(JSON.stringify(calls)))).toEqual(calls)
  expect(JSON.parse(allowRpc('{"id":"a","method":"eth_chainId"}'))).toEqual({
    ...call('eth_chainId'),
    id: 'a',
  })
})

test.each([
  'anvil_setBalance',
  'evm_mine',
  'hardhat_setCode',
  'eth_sendTransaction',
  'eth_sign',
  'eth_signTypedData_v4',
  'eth_accounts',
  'personal_sign',
  'debug_traceCall',
  'eth_subscribe',
  'ETH_CHAINID',
  'constructor',
  '',
])('%s is refused, alone and hidden in a batch', (method) => {
  expect(() => allowRpc(JSON.stringify(call(method)))).toThrow(`RPC method "${method}" is not open to pages`)
  expect(() => allowRpc(JSON.stringify([call('eth_chainId'), call(method)]))).toThrow('is not open to pages')
})

test('a body that two readers could read differently is forwarded as it was judged', () => {
  const twice = '{"id":1,"method":"anvil_reset","method":"eth_chainId","extra":1}'
  expect(allowRpc(twice)).toBe('{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}')
})

test.each([
  ['not JSON', '{', 'request: expected JSON'],
  ['a number', '7', 'request: expected an object'],
  ['a list in a batch', '[[]]', 'request[0]: expected an object'],
  ['no id', '{"method":"eth_chainId"}', 'request.id: expected a number or text'],
  [
    'a method that is no text',
    '{"id":1,"method":["eth_chainId"]}',
    'request.method: expected the name of a method',
  ],
  [
    'parameters by name',
    '{"id":1,"method":"eth_call","params":{}}',
    'request.params: expected a list of at most 3',
  ],
])('%s is malformed', (_, body, message) => {
  expect(() => allowRpc(body)).toThrow(message)
})

test('large bodies, large batches and empty ones are refused', () => {
  expect(() => allowRpc(' '.repeat(MAX_RPC_CHARS + 1))).toThrow('RPC body: more than')
  const batch = Array.from({ length: MAX_RPC_BATCH + 1 }, () => call('eth_chainId'))
  expect(() => allowRpc(JSON.stringify(batch))).toThrow(
    `expected 1 to ${MAX_RPC_BATCH} requests, found ${MAX_RPC_BATCH + 1}`,
  )
  expect(() => allowRpc('[]')).toThrow('found 0')
})
