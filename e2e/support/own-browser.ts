import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { BrowserContext } from '@playwright/test'
import { chromium } from '@playwright/test'
import { needBrowser } from '../../src/cli/setup/browser.mjs'

/** A browser that behaves as a visitor's: its pages are hidden by others in front, and can be frozen. */
export type OwnBrowser = { readonly context: BrowserContext; close(): Promise<void> }

const ARGS = [
  '--headless=new',
  '--no-sandbox',
  '--remote-debugging-port=0',
  '--no-first-run',
  '--disable-sync',
]

/** Starts such a browser. Playwright's own keep every page visible and awake, so it is started here and joined as it is. */
export async function openOwnBrowser(): Promise<OwnBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'weft-profile-'))
  const child = spawn(needBrowser(), [...ARGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const browser = await chromium.connectOverCDP(await debuggerOf(child), { noDefaults: true })
    const [context] = browser.contexts()
    if (context === undefined) throw new Error('the browser has no context')
    return { context, close: () => browser.close().finally(stop) }
  } catch (error) {
    await stop()
    throw error
  }
}

function debuggerOf({ stderr }: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve, reject) => {
    if (stderr === null) return reject(new Error('the browser has no error output'))
    createInterface({ input: stderr })
      .on('line', (line) => {
        const [, address] = /listening on (ws:\S+)/.exec(line) ?? []
        if (address !== undefined) resolve(address)
      })
      .on('close', () => reject(new Error('the browser ended')))
  })
}
