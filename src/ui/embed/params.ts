import { readTheme, type Theme } from '../theme.ts'

/** What the loader tells the frame, in the hash of its address. */
export type Params = { readonly payto: string; readonly theme: Theme; readonly lang: string }

/** Reads the hash of the frame's address. */
export function parseParams(hash: string): Params {
  const fields = new URLSearchParams(hash.replace(/^#/, ''))
  const lang = fields.get('lang') ?? ''
  return {
    payto: fields.get('payto') ?? '',
    theme: readTheme(fields.get('theme')),
    // Only English is there yet; other languages are answered in it.
    lang: /^en\b/.test(lang) ? lang : 'en',
  }
}
