import type { UnitRun } from '../../src/worker/executor.ts'
import { openSandbox } from '../../src/worker/sandbox.ts'
import { testPrograms, wasiSource } from '../../src/worker/wasi/programs/test-programs.ts'

/** What the stories of programs for WASI call in the page. */
export const harness = {
  /** Loads a program from its bytes in base64 and runs units of its job in the sandbox; gives each as text. */
  async run(name: keyof typeof testPrograms, base64: string, units: readonly number[]): Promise<string[]> {
    const stop = new AbortController()
    const sandbox = await openSandbox({ url: '/sandbox.html', cpuWorkers: 1, signal: stop.signal })
    const code = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    const kernel = await sandbox.load(wasiSource(code, testPrograms[name]))
    const shown = showRuns(await kernel.run(units))
    stop.abort()
    return shown
  },
}

/** Unit runs in plain text: the bytes in hexadecimal and the fuel, or the failure. */
export function showRuns(runs: readonly UnitRun[]): string[] {
  return runs.map((run) => {
    if (run.kind === 'failed') return `${run.unit} ${run.failure.code}: ${run.failure.message}`
    const digits = Array.from(run.output, (byte) => byte.toString(16).padStart(2, '0')).join('')
    return `${run.unit} = ${digits} for ${run.fuel}`
  })
}

Object.assign(globalThis, { harness })
