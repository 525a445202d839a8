import { describe, expect, test } from 'vitest'
import { accountOf, makeKey } from '../account.ts'
import { decodeCbor, encodeCbor } from '../cbor.ts'
import { Failure } from '../failure.ts'
import { toWei } from '../wei.ts'
import type { Hello } from './hello.ts'
import { packHello, parseHello } from './hello.ts'

const key = makeKey()
const account = accountOf(key)
const hello: Hello = {
  payee: accountOf(makeKey()),
  ask: toWei(5n),
  executors: ['wasm', 'wgsl'],
  cpuWorkers: 4,
  chains: [{ chainId: 31337, genesis: `0x${'ab'.repeat(32)}` }],
}
const packed = packHello(hello, key) as Record<string, unknown>

test('a hello survives the wire', () => {
  expect(parseHello(decodeCbor(encodeCbor(packed)), account)).toEqual(hello)
})

test('a hello may say how fast its peer is, and signs it', () => {
  const speed = { wasm: 12, wgsl: { rate: 17, isSoftware: false, numeric: 'f32-0123456789ab' } }
  const known = packHello({ ...hello, speed }, key) as Record<string, unknown>
  expect(parseHello(decodeCbor(encodeCbor(known)), account)).toEqual({ ...hello, speed })
  expect(() => parseHello({ ...known, speed: { wasm: 13 } }, account)).toThrow(/^hello\.signature: expected/)
})

test('a hello that another peer signed is refused', () => {
  const refused = 'hello.signature: expected a signature of the peer itself'
  expect(() => parseHello(packed, accountOf(makeKey()))).toThrow(refused)
  expect(() => parseHello(packHello(hello, makeKey()), account)).toThrow(refused)
})

test('a payee, price, executor, number of workers or chain that was not signed is refused', () => {
  const changes = {
    payee: account,
    ask: '4',
    executors: ['wasm'],
    cpuWorkers: 5,
    chains: [{ chainId: 1, genesis: new Uint8Array(32) }],
  }
  for (const [field, value] of Object.entries(changes))
    expect(() => parseHello({ ...packed, [field]: value }, account)).toThrow(/^hello\.signature: expected/)
})

test('another version is not supported', () => {
  const parse = (): unknown => parseHello({ ...packed, version: 2 }, account)
  expect(parse).toThrow('hello.version: this peer speaks version 1')
  expect(parse).toThrow(expect.objectContaining({ code: 'unsupported' }))
})

describe('a bad field is refused with its path', () => {
  test.each<[string, unknown, string]>([
    ['more', 1, 'hello.more: unknown field'],
    ['payee', '0x1', 'hello.payee: expected an address'],
    ['ask', 5, 'hello.ask: expected an amount'],
    ['executors', ['js'], 'hello.executors[0]: expected one of wasm, wgsl'],
    ['executors', ['wasm', 'wgsl', 'wasm'], 'hello.executors: expected at most 2'],
    ['cpuWorkers', 257, 'hello.cpuWorkers: expected a whole number'],
    ['chains', [{ chainId: 1 }], 'hello.chains[0].genesis: expected bytes'],
    [
      'chains',
      [{ chainId: 1, genesis: new Uint8Array(32), name: 'x' }],
      'hello.chains[0].name: unknown field',
    ],
    ['chains', Array(17).fill(null), 'hello.chains: expected at most 16'],
    ['speed', { wasm: 41 }, 'hello.speed.wasm: expected a whole number from 0 to 40'],
    [
      'speed',
      { wasm: 1, wgsl: { rate: 1, isSoftware: true, numeric: 'f32-' } },
      'hello.speed.wgsl.numeric: expected f32- and 12 hexadecimal digits',
    ],
    ['signature', undefined, 'hello.signature: expected bytes'],
  ])('%s: %j', (field, value, message) => {
    const parse = (): unknown => parseHello({ ...packed, [field]: value }, account)
    expect(parse).toThrow(message)
    expect(parse).toThrow(Failure)
  })

  test.each([null, [], 7])('%j is no hello', (value) => {
    expect(() => parseHello(value, account)).toThrow('hello: expected an object')
  })
})
