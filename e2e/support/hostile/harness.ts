import { readAddress } from '../../../src/protocol/address.ts'
import type { KernelSource } from '../../../src/worker/executor.ts'
import type { Sandbox } from '../../../src/worker/sandbox.ts'
import { testSource } from '../../../src/worker/test-job.ts'
import { harness } from '../sandbox-harness.ts'
import { wasmCases } from './wasm-cases.ts'
import { wgslCases } from './wgsl-cases.ts'

/** How often the heart of the page should beat. */
const BEAT_MS = 20

const limits = { fuel: 10_000_000, timeMs: 20_000, outputBytes: 64, loopBound: 1000 }

function sourceOf(executor: 'wasm' | 'wgsl', name: string): KernelSource {
  if (executor === 'wasm') {
    const code = wasmCases.find((entry) => entry.name === name)?.code ?? new Uint8Array()
    return testSource(code, { manifest: { limits } })
  }
  const found = wgslCases.find((entry) => entry.name === name)
  const manifest = { ...found?.manifest, limits: { ...limits, ...Object(found?.manifest?.limits) } }
  const code = new TextEncoder().encode(found?.text)
  return testSource(code, { executor, manifest, program: found?.program ?? {} })
}

/** What the hostile stories call in the page, beside the usual. */
export const hostile = {
  harness,
  sourceOf,

  /**
   * Runs unit 7 of a hostile kernel, and then of an honest one. Says what became of both, and how many beats the page's heart
   * missed at most in a row meanwhile.
   */
  async attack(
    sandbox: Sandbox,
    executor: 'wasm' | 'wgsl',
    name: string,
  ): Promise<{ said: string; honest: string[]; missed: number }> {
    let [last, missed] = [performance.now(), 0]
    const beat = (): void => {
      const now = performance.now()
      missed = Math.max(missed, Math.floor((now - last) / BEAT_MS) - 1)
      last = now
    }
    const heart = setInterval(beat, BEAT_MS)
    const [said = ''] = await harness
      .run(sandbox, sourceOf(executor, name), [7])
      .catch((error: { code: string; message: string }) => [`${error.code}: ${error.message}`])
    const honest = await harness.run(sandbox, executor === 'wasm' ? harness.moody() : harness.wgsl(), [7, 8])
    beat()
    clearInterval(heart)
    return { said, honest, missed }
  },

  /**
   * Runs hostile kernels of one publisher, some of them until their worker is killed, beside honest ones of another. Gives what
   * became of the honest units, and the workers that each of the two had, as frame and worker.
   */
  async neighbours(
    sandbox: Sandbox,
    turns: number,
  ): Promise<{ honest: string[][]; said: string[]; places: Record<string, string[]> }> {
    const [bad, good] = [`0x${'bb'.repeat(20)}`, `0x${'aa'.repeat(20)}`]
    const patient = { ...limits, fuel: 1_000_000_000_000, timeMs: 200 }
    const attacks = [
      harness.moody({ owner: bad, manifest: { limits: patient } }),
      { ...sourceOf('wasm', 'growing memory page by page'), owner: readAddress(bad, 'owner') },
      { ...sourceOf('wgsl', 'while (true)'), owner: readAddress(bad, 'owner') },
    ]
    const hostiles = await Promise.all(attacks.map((source) => sandbox.load(source)))
    const honests = await Promise.all([
      sandbox.load(harness.moody({ owner: good })),
      sandbox.load(harness.wgsl(undefined, { owner: good })),
    ])
    const places: Record<string, Set<string>> = { [bad]: new Set(), [good]: new Set() }
    const watch = setInterval(() => {
      for (const { cell, frame, worker } of sandbox.workers) places[String(cell)]?.add(`${frame}/${worker}`)
    }, 5)
    const honest: string[][] = []
    const said: string[] = []
    for (let turn = 0; turn < turns; turn += 1) {
      // Unit 2 of the first one loops until it is killed; unit 7 of the others fails by itself.
      const attacking = Promise.all(hostiles.map((kernel, index) => kernel.run([index === 0 ? 2 : 7])))
      for (let frame = 0; frame < 4; frame += 1) {
        const runs = await Promise.all(honests.map((kernel) => kernel.run([7 + frame, 17 + turn])))
        honest.push(runs.flatMap(harness.show))
      }
      said.push(...(await attacking).flatMap(harness.show))
    }
    clearInterval(watch)
    for (const kernel of [...hostiles, ...honests]) kernel.close()
    return { honest, said, places: { bad: [...(places[bad] ?? [])], good: [...(places[good] ?? [])] } }
  },
}

Object.assign(globalThis, { hostile })
