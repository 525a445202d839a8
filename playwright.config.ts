import { defineConfig } from '@playwright/test'
import { findBrowser } from './src/cli/setup/browser.mjs'

const executablePath = process.env.CHROME_PATH ?? findBrowser()
if (executablePath === undefined) {
  throw new Error('The stories need Chromium: install it, or name a browser with CHROME_PATH=/path/to/chrome')
}

const args = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A small machine that runs stories is under pressure all the time, and its visitors would rest (see executors/governor.ts).
  '--disable-blink-features=ComputePressure',
]

export default defineConfig({
  testDir: 'e2e',
  testMatch: /\/e2e\/(?:(?:executors|money)\/)?[^/]+\.ts$/,
  outputDir: 'test-results/stories',
  timeout: 120_000,
  // Files run two at a time. Networks take any free ports; only the demo has the usual ones.
  workers: 2,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: 'test-results/stories.json' }]],
  use: { launchOptions: { executablePath, args } },
})
