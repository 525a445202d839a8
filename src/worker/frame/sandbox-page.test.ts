import { expect, test } from 'vitest'
import { buildSandboxPage } from './sandbox-page.ts'
import { splitScript } from './script-parts.ts'

test('a CPU worker gets the first part of the script of the page, without what only the GPU and the frame need', async () => {
  const { html } = await buildSandboxPage()
  const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(html) ?? []
  const { cpu, gpu } = splitScript(script)
  expect(gpu).toBe(script)
  expect(script.startsWith(cpu)).toBe(true)
  for (const word of ['memoryPages', 'kernel1', 'wasi_snapshot_preview1']) expect(cpu).toContain(word)
  for (const word of ['createShaderModule', 'requestAdapter', 'new Worker']) {
    expect(cpu).not.toContain(word)
    expect(script).toContain(word)
  }
  expect(cpu.length).toBeLessThan(0.9 * script.length)
})
