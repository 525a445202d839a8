import type { PrivateKey } from '../account.ts'
import type { Address } from '../address.ts'
import { readAddress } from '../address.ts'
import type { ChainName } from '../announcement.ts'
import { fromHex, toHex } from '../bytes.ts'
import { Failure, malformed } from '../failure.ts'
import { at, readBoolean, readBytes, readInteger, readList, readRecord, readText, readWord } from '../read.ts'
import type { Wei } from '../wei.ts'
import { readWei } from '../wei.ts'
import { plainSigner, signPlain } from './signing.ts'

/** The two ways a unit can be run. */
export type ExecutorKind = 'wasm' | 'wgsl'

/** How good a provider is at what, roughly: rates are powers of two of a million 32-bit multiply-adds a second. */
export type SpeedClass = {
  /** All its CPU workers together. */
  readonly wasm: number
  readonly wgsl?: {
    readonly rate: number
    readonly isSoftware: boolean
    /** The class of the GPU's floats: equal for GPUs that gave the same bytes. Those of WASM are the same everywhere. */
    readonly numeric: string
  }
}

/** How a provider introduces itself: who is paid, its lowest price, what it can run, which chains it takes money on. */
export type Hello = {
  readonly payee: Address
  readonly ask: Wei
  readonly executors: readonly ExecutorKind[]
  readonly cpuWorkers: number
  readonly chains: readonly ChainName[]
  /** Absent until it was measured. */
  readonly speed?: SpeedClass
}

/** The version of `/weft/work/1` spoken here. */
const WORK_VERSION = 1
const MAGNITUDES = [0, 40] as const

/** Writes and signs a hello. */
export function packHello(hello: Hello, key: PrivateKey): unknown {
  return { ...plain(hello), signature: signPlain('hello', plain(hello), key) }
}

/** Reads a hello and checks that `account`, the peer who sent it, signed it. Throws `malformed` or `unsupported`. */
export function parseHello(value: unknown, account: Address): Hello {
  const path = 'hello'
  const record = readRecord(value, path, [
    'version',
    'payee',
    'ask',
    'executors',
    'cpuWorkers',
    'chains',
    'speed',
    'signature',
  ])
  if (record.version !== WORK_VERSION)
    throw new Failure('unsupported', `hello.version: this peer speaks version ${WORK_VERSION}`)
  const hello: Hello = {
    payee: readAddress(record.payee, at(path, 'payee')),
    ask: readWei(record.ask, at(path, 'ask')),
    executors: readList(record.executors, at(path, 'executors'), {
      max: 2,
      read: (entry, place) => readWord(entry, place, { words: ['wasm', 'wgsl'] as const }),
    }),
    cpuWorkers: readInteger(record.cpuWorkers, at(path, 'cpuWorkers'), [0, 256]),
    chains: readList(record.chains, at(path, 'chains'), { max: 16, read: parseChainName }),
    ...(record.speed === undefined ? {} : { speed: parseSpeed(record.speed, at(path, 'speed')) }),
  }
  const signed = { signature: readBytes(record.signature, 'hello.signature', 65), path: 'hello.signature' }
  if (plainSigner('hello', plain(hello), signed) !== account)
    throw malformed(signed.path, 'a signature of the peer itself')
  return hello
}

function plain(hello: Hello): Record<string, unknown> {
  return {
    ...hello,
    version: WORK_VERSION,
    ask: hello.ask.toString(),
    chains: hello.chains.map(({ chainId, genesis }) => ({ chainId, genesis: fromHex(genesis) })),
  }
}

/** Reads the name of a class of floats. Throws `malformed`. */
export function readNumericClass(value: unknown, path: string): string {
  const name = readText(value, path, 20)
  if (!/^f32-[0-9a-f]{12}$/.test(name)) throw malformed(path, 'f32- and 12 hexadecimal digits', name)
  return name
}

function parseSpeed(value: unknown, path: string): SpeedClass {
  const record = readRecord(value, path, ['wasm', 'wgsl'])
  const wasm = readInteger(record.wasm, at(path, 'wasm'), MAGNITUDES)
  if (record.wgsl === undefined) return { wasm }
  const place = at(path, 'wgsl')
  const { rate, isSoftware, numeric } = readRecord(record.wgsl, place, ['rate', 'isSoftware', 'numeric'])
  return {
    wasm,
    wgsl: {
      rate: readInteger(rate, at(place, 'rate'), MAGNITUDES),
      isSoftware: readBoolean(isSoftware, at(place, 'isSoftware')),
      numeric: readNumericClass(numeric, at(place, 'numeric')),
    },
  }
}

function parseChainName(value: unknown, path: string): ChainName {
  const record = readRecord(value, path, ['chainId', 'genesis'])
  return {
    chainId: readInteger(record.chainId, at(path, 'chainId'), [1, 2 ** 32]),
    genesis: toHex(readBytes(record.genesis, at(path, 'genesis'), 32)),
  }
}
