import { expect, test } from 'vitest'
import { readAddress, ZERO_ADDRESS } from '../protocol/address.ts'
import { toWei } from '../protocol/wei.ts'
import { DEFAULT_SETTINGS, packSettings, parseSettings } from './settings.ts'
import type { ProviderSettings } from './state.ts'

const full: ProviderSettings = {
  ...DEFAULT_SETTINGS,
  minPrice: toWei(12n),
  tokens: [readAddress(`0x${'8'.repeat(40)}`, 'token')],
  skippedJobs: [`0x${'a'.repeat(64)}`],
  payee: `0x${'7'.repeat(40)}` as NonNullable<ProviderSettings['payee']>,
}

test('settings come back as they were', () => {
  expect(parseSettings(packSettings(full))).toEqual(full)
  expect(parseSettings(packSettings(DEFAULT_SETTINGS))).toEqual(DEFAULT_SETTINGS)
})

test('settings that were kept before there were tokens accept none', () => {
  const { tokens: _, ...before } = packSettings(full) as Record<string, unknown>
  expect(parseSettings(before).tokens).toEqual([])
})

test('settings of the time of one share for all are read: the GPU gets no more than it had, the rest is as at a start', () => {
  const { cpuDuty, gpuDuty, gpuDutyHidden, power, heedsDataSaver, makesRoom, ...before } = packSettings(
    full,
  ) as Record<string, unknown>
  expect(parseSettings({ ...before, duty: 0.3 })).toEqual({
    ...full,
    cpuDuty: 0.3,
    gpuDuty: 0.25,
    gpuDutyHidden: 0.3,
  })
})

test.each<[string, unknown]>([
  ['cpuDuty', 0.01],
  ['cpuDuty', 1.01],
  ['cpuDuty', '1'],
  ['gpuDuty', 0],
  ['gpuDutyHidden', 2],
  ['power', 'sun'],
  ['heedsDataSaver', 1],
  ['makesRoom', 'no'],
  ['cpuWorkers', -1],
  ['cpuWorkers', 65],
  ['executor', 'cuda'],
  ['minPrice', '-1'],
  ['tokens', ['TOK']],
  ['tokens', [ZERO_ADDRESS]],
  ['skippedJobs', ['what']],
  ['skippedJobs', 'none'],
  ['skippedPublishers', ['0x12']],
  ['payee', '0x12'],
  ['colour', 'red'],
])('a wrong %s (%j) is refused by its name', (field, value) => {
  const packed = packSettings(full) as Record<string, unknown>
  expect(() => parseSettings({ ...packed, [field]: value })).toThrow(field)
})
