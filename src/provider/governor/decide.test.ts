import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../settings.ts'
import type { Facts, PauseCode, Rules } from './decide.ts'
import { CALM, decide } from './decide.ts'

const decided = (facts: Partial<Facts> = {}, rules: Partial<Rules> = {}) =>
  decide({ ...CALM, ...facts }, { ...DEFAULT_SETTINGS, ...rules })

test('on a calm computer the limits of the visitor hold, and the GPU gets more while the tab is behind', () => {
  expect(decided()).toEqual({ cpuDuty: 0.5, gpuDuty: 0.25, workers: 1, paused: undefined, limits: [] })
  expect(decided({ isVisible: false })).toMatchObject({ cpuDuty: 0.5, gpuDuty: 0.5 })
  expect(decided({}, { cpuDuty: 0.2, gpuDuty: 1, cpuWorkers: 3 })).toMatchObject({
    cpuDuty: 0.2,
    gpuDuty: 1,
    workers: 3,
  })
})

test.each<[string, Partial<Facts>, Partial<Rules>, PauseCode | undefined]>([
  ['battery power', { isCharging: false }, {}, 'battery'],
  ['battery power that is allowed', { isCharging: false }, { power: 'any' }, undefined],
  ['mains', { isCharging: true }, {}, undefined],
  ['a browser that tells nothing of power', {}, {}, undefined],
  ['a discharging battery, where it must charge', { isCharging: false }, { power: 'charging' }, 'charging'],
  ['an unknown battery, where it must charge', {}, { power: 'charging' }, 'charging'],
  ['a charging battery, where it must charge', { isCharging: true }, { power: 'charging' }, undefined],
  ['a browser that saves data', { savesData: true }, {}, 'data-saver'],
  ['saving data, of no matter', { savesData: true }, { heedsDataSaver: false }, undefined],
  ['fair pressure', { pressure: 'fair' }, {}, undefined],
  ['serious pressure', { pressure: 'serious' }, {}, 'pressure'],
  ['critical pressure', { pressure: 'critical' }, {}, 'pressure'],
  ['critical pressure, of no matter', { pressure: 'critical' }, { makesRoom: false }, undefined],
  ['a page put to sleep', { isFrozen: true, isCharging: false }, {}, 'frozen'],
  ['a frame out of sight', { isInView: false }, { power: 'any', makesRoom: false }, 'unseen'],
])('%s: the decision is %o with %o', (_, facts, rules, code) => {
  const { paused } = decided(facts, rules)
  expect(paused?.code).toBe(code)
  expect(paused?.text).not.toBe('')
})

test.each<PauseCode>(['battery', 'charging', 'data-saver', 'pressure'])(
  'what stops for %s can be overridden, and then it is told that it was',
  (code) => {
    const facts = { isCharging: false, savesData: code === 'data-saver', pressure: 'critical' } as const
    const rules = { power: code === 'charging' ? 'charging' : 'mains' } as const
    const others = (['battery', 'charging', 'data-saver', 'pressure'] as const).filter(
      (each) => each !== code,
    )
    const stopped = decided({ ...facts, overrides: others }, rules)
    expect(stopped.paused).toMatchObject({ code, override: expect.stringMatching(/anyway$/) })
    const runs = decided({ ...facts, overrides: [...others, code] }, rules)
    expect(runs.paused).toBeUndefined()
    expect(runs.limits.join()).toContain(stopped.paused?.text)
  },
)

test('an override of one cause leaves the others', () => {
  const facts = { isCharging: false, savesData: true }
  expect(decided({ ...facts, overrides: ['battery'] }).paused?.code).toBe('data-saver')
})

test.each([
  ['frozen', 'nothing can run until it wakes'],
  ['unseen', 'must not hide what computes'],
] as const)('nobody is offered to override %s, and the text says why', (code, why) => {
  const { paused } = decided({ isFrozen: code === 'frozen', isInView: code !== 'unseen', overrides: [code] })
  expect(paused).toEqual({ code, text: expect.stringContaining(why) })
})

test('fair pressure halves the limits, less room cuts them, and both are told in words', () => {
  const room = { share: 0.5, why: 'slow' } as const
  const both = decided({ pressure: 'fair', room })
  expect(both).toMatchObject({ cpuDuty: 0.125, gpuDuty: 0.0625, workers: 1 })
  expect(both.limits).toEqual([
    'Units take longer than usual, so something else needs this computer: 50 % of your limits are used',
    'This computer is rather busy: half of your limits is used',
  ])
  expect(decided({ pressure: 'fair', room }, { makesRoom: false })).toMatchObject({
    cpuDuty: 0.5,
    limits: [],
  })
})
