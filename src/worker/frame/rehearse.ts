import { fromHex } from '../../protocol/bytes.ts'
import { cidOf } from '../../protocol/cid.ts'
import type { Port } from '../message.ts'
import { serveCpu } from './cpu-worker.ts'

/** A `kernel1` module that adds 16 to the number of the unit, 1 at a time: a call, a loop, a load and a store to meter. */
const code = fromHex(
  '0061736d01000000010c0260017f017f60027f7f017e03030200010503010001071803066d656d6f7279020005616c6c6f6300000372756e0001' +
    '0a2f0205004180080b2701017f410010001a0340200241016a22024110490d000b4100200028020020026a36020042040b',
)

/**
 * Loads and runs a small kernel, so that the engine has compiled this script before the first kernel of a job comes, which a
 * worker that was kept ready then takes in a few milliseconds. Returns what a page would hear of it.
 */
export function rehearse(): readonly unknown[] {
  const heard: unknown[] = []
  const port: Port = {
    onmessage: null,
    postMessage: (message) => heard.push(message),
    close: () => undefined,
  }
  serveCpu(port)
  const manifest = {
    weft: 1,
    app: { name: 'rehearsal' },
    programs: [
      {
        kind: 'wasm',
        code: { cid: cidOf(code), bytes: code.length },
        wasm: { abi: 'kernel1', stdin: [{ u32: ['$i'] }], memoryPages: 1 },
      },
    ],
    units: { kind: 'range', to: 8 },
    outputs: [{ name: 'out', type: 'u32', bytes: 4 }],
    price: { replica: '1' },
  }
  const load = { kind: 'load', kernel: 0, executor: 'wasm', manifest, code, inputs: new Map() }
  const run = { kind: 'run', run: 0, kernel: 0, units: [7], isCareful: true }
  for (const data of [load, run]) port.onmessage?.(new MessageEvent('message', { data }))
  return heard
}
