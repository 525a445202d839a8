import { expect, test } from 'vitest'
import { cost } from '../../market/price.ts'
import { withBudget } from './budget.ts'
import { sampleDraft } from './sample.ts'

const COIN = 10n ** 18n
const sample = await sampleDraft('fractal', 0)
const draft = { ...sample, manifest: { ...sample.manifest, price: { replica: COIN.toString() } } }
const quote = cost(draft.manifest)

test('an empty field is the whole price, a number is the budget', () => {
  expect(withBudget(draft, ' ', { limits: quote })).toBe(draft)
  expect(withBudget(draft, '2', { limits: quote }).budget).toBe(2n * COIN)
  expect(withBudget(draft, `${quote.units * 3}`, { limits: quote }).budget).toBe(quote.budget)
})

test('a budget in a token is read with its decimals', () => {
  const limits = { ...quote, least: 10n, budget: 5_000n } as typeof quote
  expect(withBudget(draft, '1.5', { limits, decimals: 3 }).budget).toBe(1_500n)
  expect(() => withBudget(draft, '6', { limits, decimals: 3 })).toThrow(
    'budget: expected 0.01 (one unit) to 5',
  )
})

test.each(['1.9', '999999', 'much', '-2'])('a budget of "%s" is refused by name', (text) => {
  expect(() => withBudget(draft, text, { limits: quote })).toThrow(/^budget: expected /)
})
