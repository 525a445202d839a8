import { expect, test } from 'vitest'
import type { Pass, PassGroup } from '../../../protocol/manifest/wgsl/passes.ts'
import { turnsOf } from './turns.ts'

const pass = (more: Partial<Pass> = {}): Pass => ({
  entry: 'main',
  bindings: [],
  dispatch: [1, 1, 1],
  overrides: {},
  ...more,
})

/** The turns as text: pass, iteration and step, and what is swapped. */
function walk(passes: (Pass | PassGroup)[], bindings: Record<string, number> = {}): string[] {
  const { turns, places } = turnsOf(passes, Object.keys(bindings))(bindings)
  const show = (moved: ReadonlyMap<string, string>): string =>
    [...moved].map((pair) => pair.join('>')).join(' ')
  return [
    ...turns.map((turn) =>
      `${turn.pass}: ${turn.values.iteration} ${turn.values.step} ${show(turn.places)}`.trim(),
    ),
    `end ${show(places)}`.trim(),
  ]
}

test('passes run in order, each its turns', () => {
  expect(walk([pass(), pass({ repeat: '$n' }), pass({ repeat: 0 }), pass()], { n: 2 })).toEqual([
    '0: 0 0',
    '1: 0 0',
    '1: 1 1',
    '3: 0 0',
    'end',
  ])
})

test('in a group the iteration is its turn, and the step that of the pass', () => {
  const group = { repeat: 2, passes: [pass({ repeat: '$iteration + 1' }), pass()] }
  expect(walk([pass(), group, pass()])).toEqual([
    '0: 0 0',
    '1: 0 0',
    '2: 0 0',
    '1: 1 0',
    '1: 1 1',
    '2: 1 0',
    '3: 0 0',
    'end',
  ])
})

test('swaps take effect after each turn of the pass, or of the group', () => {
  expect(walk([pass({ repeat: 3, swap: [['a', 'b']] })])).toEqual([
    '0: 0 0',
    '0: 1 1 a>b b>a',
    '0: 2 2',
    'end a>b b>a',
  ])
  const group: PassGroup = { repeat: 2, passes: [pass(), pass()], swap: [['a', 'b']] }
  expect(walk([group])).toEqual(['0: 0 0', '1: 0 0', '0: 1 0 a>b b>a', '1: 1 0 a>b b>a', 'end'])
})

test('three buffers can go round', () => {
  const swap: Pass['swap'] = [['a', 'b']]
  expect(walk([pass({ swap }), pass({ swap: [['b', 'c']] }), pass()])).toEqual([
    '0: 0 0',
    '1: 0 0 a>b b>a',
    '2: 0 0 a>b b>c c>a',
    'end a>b b>c c>a',
  ])
})

test('copies are done after each turn, of the buffers that stand behind the names then', () => {
  const copy: Pass['copy'] = [['a', 'b']]
  const { turns, copies } = turnsOf([pass({ repeat: 2, copy, swap: copy }), pass()], [])({})
  expect(turns.map((turn) => turn.copies)).toEqual([[], [['a', 'b']], [['b', 'a']]])
  expect(copies).toEqual([])
  expect(turnsOf([{ repeat: 2, passes: [pass({ repeat: '$iteration' })], copy }], [])({})).toMatchObject({
    turns: [{ copies: [['a', 'b']] }],
    copies: [['a', 'b']],
  })
})

test('equal places are one object, in other units too', () => {
  const units = turnsOf([pass({ repeat: 4, swap: [['a', 'b']] })], [])
  const [one, two] = [units({}), units({})]
  expect(one.turns[1]?.places).toBe(one.turns[3]?.places)
  expect(one.turns[1]?.places).toBe(two.turns[1]?.places)
  expect(one.places).toBe(two.turns[0]?.places)
})

test('a name of the job that is spelled like the turn goes first', () => {
  const group = { repeat: 1, passes: [pass({ repeat: '$iteration' })] }
  expect(walk([group], { iteration: 3 })).toHaveLength(4)
})

test('turns without measure are refused', () => {
  expect(() => walk([pass({ repeat: 4097 })])).toThrow(
    'passes[0].repeat: expected 0 to 4096 turns, found 4097',
  )
  expect(() => walk([pass({ repeat: '0 - 1' })])).toThrow(
    'passes[0].repeat: expected 0 to 4096 turns, found -1',
  )
  expect(() =>
    walk([
      {
        repeat: 4096,
        passes: [pass({ repeat: 0 })],
        copy: [
          ['a', 'b'],
          ['c', 'd'],
        ],
      },
    ]),
  ).toThrow('copies')
  const many = { repeat: 4096, passes: [pass(), pass()] }
  expect(() => walk([many])).toThrow('come to more than 4096 dispatches')
  expect(walk([{ repeat: 4096, passes: [pass()] }])).toHaveLength(4097)
})
