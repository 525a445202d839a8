import { readTheme, type Theme } from './theme.ts'

/** The colours that the visitor chose; kept once chosen. */
export class ThemeChoice {
  current = $state<Theme>('auto')
  readonly #keep: (theme: Theme) => void

  constructor(kept: string | null, keep: (theme: Theme) => void) {
    this.current = readTheme(kept)
    this.#keep = keep
  }

  choose(theme: Theme): void {
    this.current = theme
    this.#keep(theme)
  }
}
