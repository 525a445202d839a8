export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** Reads the name of a theme; anything else is `auto`. */
export function readTheme(value: string | null): Theme {
  return THEMES.find((theme) => theme === value) ?? 'auto'
}
