// Finds the browser of the stories; where there is none, a machine's administrator gets it from the system's packages.
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fail, run, say } from './install.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

/** The browser's program: CHROME_PATH, else the first one on PATH; `undefined` when there is none. */
export function findBrowser() {
  const named = process.env.CHROME_PATH
  if (named)
    return isProgram(named)
      ? named
      : fail(`CHROME_PATH names ${named}, which is not a program that can be run`)
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
}

/** The browser's program, installed if need be; ends with the command to run where that cannot be done. */
export function needBrowser() {
  const found = findBrowser()
  if (found !== undefined) return found
  const command = 'apt-get update && apt-get install -y chromium'
  const hasApt = spawnSync('apt-get', ['--version']).status === 0
  if (process.getuid?.() !== 0 || !hasApt) {
    fail(
      `The stories need Chromium. Install it (as root: ${command}), or name a browser with CHROME_PATH=/path/to/chrome`,
    )
  }
  say(`Installing Chromium (${command})`)
  run('apt-get', ['update', '-qq'])
  run('apt-get', ['install', '-y', '-qq', 'chromium'])
  return findBrowser() ?? fail('Chromium was installed but is not on PATH; name it with CHROME_PATH')
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
