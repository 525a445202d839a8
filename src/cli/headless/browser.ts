import { Failure } from '../../protocol/failure.ts'
import { findBrowser } from '../setup/browser.mjs'

/** How browsers without a window are started: an interrupt ends the command, and the command its browsers. */
export const HEADLESS = {
  handleSIGINT: false,
  handleSIGTERM: false,
  handleSIGHUP: false,
  args: [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
} as const

/** Browsers keep WebGPU without a window behind this; where there is no GPU it runs in software. */
export const WITH_GPU = '--enable-unsafe-webgpu'

/** The program of the browser that `what` needs. Throws `refused` with the way out. */
export function browserFor(what: string): string {
  const found = findBrowser()
  if (found !== undefined) return found
  throw new Failure(
    'refused',
    `${what} needs Chromium: install it (as root: apt-get install chromium), or name a browser with CHROME_PATH`,
  )
}
