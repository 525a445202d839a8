import { MAX_UNPAID_UNITS } from '../market/exposure.ts'
import type { Address } from '../protocol/address.ts'
import { readAddress, ZERO_ADDRESS } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { fromHex, toHex } from '../protocol/bytes.ts'
import { malformed } from '../protocol/failure.ts'
import {
  readBoolean,
  readInteger,
  readList,
  readNumber,
  readRecord,
  readText,
  readWord,
} from '../protocol/read.ts'
import type { Wei } from '../protocol/wei.ts'
import { readWei, toWei } from '../protocol/wei.ts'
import type { Rules } from './governor/decide.ts'
import type { ProviderSettings } from './state.ts'

/** What a visitor starts with: one worker, half of its time, less of a GPU that also draws; any executor, any price. */
export const DEFAULT_SETTINGS: ProviderSettings = {
  cpuDuty: 0.5,
  cpuWorkers: 1,
  gpuDuty: 0.25,
  gpuDutyHidden: 0.5,
  power: 'mains',
  heedsDataSaver: true,
  makesRoom: true,
  executor: 'auto',
  minPrice: toWei(0n),
  tokens: [],
  skippedJobs: [],
  skippedPublishers: [],
  maxUnpaid: MAX_UNPAID_UNITS,
}

export const MAX_CPU_WORKERS = 64
const MAX_TOKENS = 100
const FIELDS = [
  'duty', // what both shares were once
  'cpuDuty',
  'cpuWorkers',
  'gpuDuty',
  'gpuDutyHidden',
  'power',
  'heedsDataSaver',
  'makesRoom',
  'executor',
  'minPrice',
  'tokens',
  'skippedJobs',
  'skippedPublishers',
  'maxUnpaid',
  'payee',
]

/** Settings as plain values for the store. */
export function packSettings(settings: ProviderSettings): unknown {
  const { minPrice, tokens, skippedJobs, skippedPublishers, ...same } = settings
  return {
    ...same,
    minPrice: minPrice.toString(),
    tokens: [...tokens],
    skippedJobs: [...skippedJobs],
    skippedPublishers: [...skippedPublishers],
  }
}

/** Reads settings from the store or a form. Throws `malformed` with the field's name. */
export function parseSettings(value: unknown): ProviderSettings {
  const record = readRecord(value, 'settings', FIELDS)
  const settings: ProviderSettings = {
    ...readRules(record),
    executor: readWord(record.executor, 'executor', { words: ['auto', 'wasm', 'wgsl'] as const }),
    minPrice: readWei(record.minPrice, 'minPrice') as Wei,
    tokens: [...new Set(readList(record.tokens ?? [], 'tokens', { max: MAX_TOKENS, read: readToken }))],
    skippedJobs: readList(record.skippedJobs, 'skippedJobs', { max: 10_000, read: readJobId }),
    skippedPublishers: readList(record.skippedPublishers, 'skippedPublishers', {
      max: 10_000,
      read: readAddress,
    }),
    maxUnpaid: readInteger(record.maxUnpaid ?? MAX_UNPAID_UNITS, 'maxUnpaid', [1, 1_000_000]),
  }
  return record.payee === undefined ? settings : { ...settings, payee: readAddress(record.payee, 'payee') }
}

/** What settings of earlier versions do not say is as a visitor starts with, and the GPU never gets more than they gave it. */
function readRules(record: Record<string, unknown>): Rules {
  const cpuDuty = readDuty(record.cpuDuty ?? record.duty, 'cpuDuty')
  const gpu = (duty: number): number => (record.duty === undefined ? duty : Math.min(duty, cpuDuty))
  const { gpuDuty, gpuDutyHidden, power, heedsDataSaver, makesRoom } = DEFAULT_SETTINGS
  return {
    cpuDuty,
    cpuWorkers: readInteger(record.cpuWorkers, 'cpuWorkers', [0, MAX_CPU_WORKERS]),
    gpuDuty: readDuty(record.gpuDuty ?? gpu(gpuDuty), 'gpuDuty'),
    gpuDutyHidden: readDuty(record.gpuDutyHidden ?? gpu(gpuDutyHidden), 'gpuDutyHidden'),
    power: readWord(record.power ?? power, 'power', { words: ['any', 'mains', 'charging'] as const }),
    heedsDataSaver: readBoolean(record.heedsDataSaver ?? heedsDataSaver, 'heedsDataSaver'),
    makesRoom: readBoolean(record.makesRoom ?? makesRoom, 'makesRoom'),
  }
}

function readDuty(value: unknown, path: string): number {
  const duty = readNumber(value, path)
  if (duty < 0.05 || duty > 1) throw malformed(path, 'a share from 0.05 to 1', duty)
  return duty
}

function readToken(value: unknown, path: string): Address {
  const token = readAddress(value, path)
  if (token === ZERO_ADDRESS) throw malformed(path, 'the address of a token', token)
  return token
}

function readJobId(value: unknown, path: string): Hex {
  return toHex(fromHex(readText(value, path, 66), path))
}
