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

const stories = /\/e2e\/(?:(?:executors|money)\/)?[^/]+\.ts$/
/** What tells a calm computer from a busy one. */
const calm = /\/e2e\/(?:embed|executors\/governor)\.ts$/

export default defineConfig({
  testDir: 'e2e',
  // Files run two at a time: networks take any free ports, and only the demo has the usual ones. The last run by themselves.
  projects: [
    { name: 'together', testMatch: stories, testIgnore: calm },
    { name: 'calm', testMatch: calm, dependencies: ['together'], workers: 1 },
  ],
  outputDir: 'test-results/stories',
  timeout: 120_000,
  workers: 2,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: 'test-results/stories.json' }]],
  use: { launchOptions: { executablePath, args } },
})
