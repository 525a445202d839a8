import { createHash } from 'node:crypto'
import type { Plugin } from 'vite'
import { buildSandboxScript } from './sandbox-script.ts'

/** The sandbox page and the policy that must come with it as a header. */
export type SandboxPage = { readonly html: string; readonly policy: string }

/** Builds the sandbox page: one inline script, which the frame and its workers share, and a policy that allows no other. */
export async function buildSandboxPage(): Promise<SandboxPage> {
  return wrapScript(await buildSandboxScript())
}

/** Puts the script into its page, with the policy that allows this text and no other. */
export function wrapScript(script: string): SandboxPage {
  const hash = createHash('sha256').update(script).digest('base64')
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hash}' 'wasm-unsafe-eval'`,
    'worker-src data: blob:',
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const meta = `<meta charset="utf-8"><meta http-equiv="content-security-policy" content="${policy}">`
  const html = `<!doctype html><html lang="en"><head>${meta}<title>Weft sandbox</title></head><body><script>${script}</script></body></html>\n`
  // `sandbox` counts in the header only; it protects a sandbox page that is opened by itself.
  return { html, policy: `${policy}; sandbox allow-scripts` }
}

/** Adds `sandbox.html` to a build, and its header to `headers.json`, which the server applies: path, then header, then value. */
export function sandboxPage(): Plugin {
  return {
    name: 'weft-sandbox-page',
    apply: 'build',
    async generateBundle() {
      const { html, policy } = await buildSandboxPage()
      this.emitFile({ type: 'asset', fileName: 'sandbox.html', source: html })
      const headers = { '/sandbox.html': { 'content-security-policy': policy } }
      this.emitFile({ type: 'asset', fileName: 'headers.json', source: JSON.stringify(headers, null, 2) })
    },
  }
}
