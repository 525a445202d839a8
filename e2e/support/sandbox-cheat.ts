import { readFileSync } from 'node:fs'
import type { SandboxPage } from '../../src/worker/frame/sandbox-page.ts'
import { wrapScript } from '../../src/worker/frame/sandbox-page.ts'

/** Flips the lowest bit of the first byte of every output on its way to the page. */
const flip = readFileSync(new URL('./flip-a-byte.js', import.meta.url), 'utf8')

/** Makes a sandbox page that cheats out of a built one. It must be served with the policy that comes with it, or with none. */
export function cheatingSandbox(html: string): SandboxPage {
  return prepend(html, flip)
}

/** Puts a script before the one of a built sandbox page; it then runs in the frame and in every worker. */
export function prepend(html: string, script: string): SandboxPage {
  const [, own] = /<script>([\s\S]*)<\/script>/.exec(html) ?? []
  if (own === undefined) throw new Error('this is no sandbox page')
  return wrapScript(script + own)
}
