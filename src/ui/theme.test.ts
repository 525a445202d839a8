import { expect, test } from 'vitest'
import { readTheme } from './theme.ts'
import { ThemeChoice } from './theme-choice.svelte.ts'

test('what was kept of the colours is taken up, and anything odd means auto', () => {
  expect(readTheme('dark')).toBe('dark')
  expect(readTheme('blue')).toBe('auto')
  expect(readTheme(null)).toBe('auto')
})

test('nothing is kept before the visitor chooses', () => {
  const kept: string[] = []
  const theme = new ThemeChoice('light', (chosen) => kept.push(chosen))
  expect(kept).toEqual([])
  theme.choose('dark')
  expect(theme.current).toBe('dark')
  expect(kept).toEqual(['dark'])
})
