import { expect, test } from 'vitest'
import { findAnvil } from './find-anvil.ts'

test('FOUNDRY_ANVIL goes before everything else', () => {
  expect(findAnvil({ FOUNDRY_ANVIL: process.execPath })).toBe(process.execPath)
})

test('FOUNDRY_ANVIL that names no program is said, not passed over', () => {
  expect(() => findAnvil({ FOUNDRY_ANVIL: '/nowhere/anvil' })).toThrow(
    'FOUNDRY_ANVIL names /nowhere/anvil, which is not a program that can be run',
  )
})
