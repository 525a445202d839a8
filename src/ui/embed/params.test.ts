import { expect, test } from 'vitest'
import { parseParams } from './params.ts'

test('the frame reads what the loader wrote', () => {
  expect(parseParams('#payto=0x12&theme=dark&lang=en-GB')).toEqual({
    payto: '0x12',
    theme: 'dark',
    lang: 'en-GB',
  })
})

test('what is missing or odd becomes the default', () => {
  expect(parseParams('')).toEqual({ payto: '', theme: 'auto', lang: 'en' })
  expect(parseParams('#payto=&theme=pink&lang=fr')).toEqual({ payto: '', theme: 'auto', lang: 'en' })
})
