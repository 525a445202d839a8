import { describe, expect, test } from 'vitest'
import { cidOf } from '../../cid.ts'
import { Failure } from '../../failure.ts'
import { parseManifest } from '../manifest.ts'
import { checkUnits } from './check-units.ts'

type Plain = Record<string, unknown>
const code = { cid: cidOf(new Uint8Array(9)), bytes: 9 }
const wasm = { kind: 'wasm', code, wasm: { abi: 'kernel1', stdin: [{ u32: ['$i'] }] } }
const pass = { entry: 'main', bindings: [['head', 'out']], dispatch: ['$i + 1'] }
const buffers = [
  { name: 'head', usage: 'uniform', bytes: 16, init: [{ u32: ['$i', '$iteration'] }] },
  { name: 'out', bytes: 64 },
  { name: 'next', bytes: 64 },
]
const wgsl = { kind: 'wgsl', code, buffers, passes: [pass] }
const job = {
  weft: 1,
  app: { name: 'test' },
  programs: [wasm, wgsl],
  inputs: [{ name: 'grid', cid: code.cid, bytes: 100 }],
  units: { kind: 'range', name: 'i', to: 10 },
  outputs: [{ name: 'out', type: 'u32', bytes: 64 }],
  price: { replica: '1' },
}
const check = (change: Plain): void => checkUnits(parseManifest({ ...job, ...change }))

test('a job whose units can be run passes, whatever they come to', () => {
  const wide = { ...wgsl, requires: { limits: { maxUniformBufferBindingSize: 70_000 } } }
  const [head, ...rest] = buffers
  const group = { repeat: '$i', passes: [{ ...pass, repeat: '$iteration' }], swap: [['out', 'next']] }
  const jobs: Plain[] = [
    {},
    { outputs: [{ name: 'out', type: 'f64', bytes: '8 * $i' }], programs: [wasm] },
    { outputs: [{ name: 'out', type: 'u8', bytes: 5_000_000, upTo: true }], programs: [wasm] },
    { programs: [{ ...wide, buffers: [{ ...head, bytes: 70_000 }, ...rest] }] },
    { programs: [{ ...wgsl, passes: [{ ...pass, repeat: 4096 }] }] },
    { programs: [{ ...wgsl, passes: [{ ...pass, dispatch: [0], repeat: 0 }, group] }] },
  ]
  for (const change of jobs) expect(() => check(change)).not.toThrow()
})

describe('what no unit can be run with is refused by the name of the field', () => {
  const output = (change: Plain): Plain => ({
    programs: [wasm],
    outputs: [{ name: 'out', type: 'u8', bytes: 4, ...change }],
  })
  const stdin = (...pieces: Plain[]): Plain => ({
    programs: [{ ...wasm, wasm: { abi: 'kernel1', stdin: pieces } }],
  })
  const wasi = (setting: Plain): Plain => ({
    programs: [{ ...wasm, wasm: { abi: 'wasi-preview1', ...setting } }],
  })
  const withBuffer = (change: Plain): Plain => ({
    programs: [{ ...wgsl, buffers: [{ ...buffers[0], ...change }, ...buffers.slice(1)] }],
  })
  const withPass = (change: Plain): Plain => ({ programs: [{ ...wgsl, passes: [{ ...pass, ...change }] }] })
  const group = (change: Plain): Plain => ({
    programs: [{ ...wgsl, passes: [{ repeat: 2, passes: [pass], ...change }] }],
  })
  test.each<[Plain, string]>([
    [output({ bytes: -4 }), 'outputs[0].bytes: expected 0 to 1048576 bytes, which limits.outputBytes allows'],
    [output({ bytes: '4 - $i' }), 'outputs[0].bytes: expected 0 to 1048576 bytes, which limits.outputBytes'],
    [output({ bytes: '4 - $i' }), 'found -5, in unit 9'],
    [output({ bytes: 1_048_577 }), 'outputs[0].bytes: expected 0 to 1048576 bytes'],
    [output({ bytes: '8 / $i' }), 'outputs[0].bytes: expected a divisor other than zero'],
    [output({ type: 'u32', bytes: 6 }), 'outputs[0].bytes: expected a multiple of 4, the bytes of one u32'],
    [output({ type: 'f64', bytes: 12 }), 'outputs[0].bytes: expected a multiple of 8, the bytes of one f64'],
    [output({ type: 'f16', bytes: 3 }), 'outputs[0].bytes: expected a multiple of 2, the bytes of one f16'],
    [output({ upTo: true, bytes: -1 }), 'outputs[0].bytes: expected 0 to'],
    [
      {
        programs: [wasm],
        outputs: ['a', 'b'].map((name) => ({ name, type: 'u8', bytes: 50 })),
        limits: { outputBytes: 100 },
      },
      'limits.outputBytes: expected at least 108, the bytes of all outputs of a unit, found 100',
    ],
    [
      stdin({ u32: [1, '$i - 5'] }),
      'programs[0].wasm.stdin[0].u32[1]: expected a value from 0 to 4294967295',
    ],
    [
      stdin({ u32: [0] }, { i32: ['pow(2, 31)'] }),
      'programs[0].wasm.stdin[1].i32[0]: expected a value from -2',
    ],
    [
      stdin({ input: 'grid', from: 101, bytes: 0 }),
      'programs[0].wasm.stdin[0].from: expected a place from 0 to 100, the bytes of "grid", found 101',
    ],
    [
      stdin({ input: 'grid', from: '$i * 10', bytes: 20 }),
      'programs[0].wasm.stdin[0].bytes: expected 0 to 10 bytes, what "grid" has from 90, found 20, in unit 9',
    ],
    [wasi({ args: ['a', { value: '1 / $i' }] }), 'programs[0].wasm.args[1].value: expected a divisor'],
    [
      wasi({ files: [{ path: '/f', content: [{ input: 'grid', from: 0, bytes: 101 }] }] }),
      'programs[0].wasm.files[0].content[0].bytes: expected 0 to 100 bytes',
    ],
    [
      withBuffer({ bytes: 65_537 }),
      'programs[0].buffers[0].bytes: expected 4 to 65536 bytes, what a uniform buffer has without more in requires.limits.maxUniformBufferBindingSize',
    ],
    [withBuffer({ usage: 'storage', bytes: '$i', init: [] }), 'programs[0].buffers[0].bytes: expected 4 to'],
    [withBuffer({ bytes: 4 }), 'programs[0].buffers[0].init: expected at most 4 bytes, those of the buffer'],
    [withPass({ dispatch: ['$i'] }), 'programs[0].passes[0].dispatch[0]: expected 1 to 65535 workgroups'],
    [withPass({ dispatch: [1, 65_536] }), 'programs[0].passes[0].dispatch[1]: expected 1 to 65535'],
    [
      withPass({ dispatch: ['3 - $iteration'], repeat: 4 }),
      'programs[0].passes[0].dispatch[0]: expected 1 to 65535 workgroups; use "repeat": 0 to leave a pass out',
    ],
    [withPass({ repeat: 4097 }), 'programs[0].passes[0].repeat: expected 0 to 4096 turns, found 4097'],
    [withPass({ repeat: '0 - $i' }), 'programs[0].passes[0].repeat: expected 0 to 4096 turns, found -9, in'],
    [group({ repeat: 5000 }), 'programs[0].passes[0].repeat: expected 0 to 4096 turns'],
    [
      group({ repeat: 100, passes: [{ ...pass, repeat: '$iteration' }] }),
      'programs[0].passes: expected at most 4096 dispatches of a unit, in all turns',
    ],
    [
      group({ passes: [{ ...pass, dispatch: ['1 - $iteration'] }] }),
      'programs[0].passes[0].passes[0].dispatch[0]: expected 1 to 65535 workgroups',
    ],
    [
      {
        programs: [
          {
            ...wgsl,
            buffers: [...buffers, { name: 'big', bytes: 128 }],
            passes: [{ ...pass, swap: [['big', 'out']] }],
          },
        ],
      },
      'programs[0].passes[0].swap[0]: expected buffers of equal size, but "big" has 128 bytes and "out", found 64',
    ],
  ])('%#: %s', (change, message) => {
    expect(() => check(change)).toThrow(message)
    expect(() => check(change)).toThrow(Failure)
  })
})
