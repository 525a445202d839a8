import { expect, test } from 'vitest'
import type { Address } from '../protocol/address.ts'
import type { Digest } from '../protocol/bytes.ts'
import type { Vote } from './judge.ts'
import { judge } from './judge.ts'

const rule = { quorum: 2, replicas: 5 }
const output = (letter: string): Digest => letter.repeat(64) as Digest
const vote = (payee: number, letter: string, isOwn = false): Vote => ({
  payee: `0x${String(payee).padStart(40, '0')}` as Address,
  digest: output(letter),
  isOwn,
})

test('no votes wait for a quorum', () => {
  expect(judge([], rule)).toEqual({ kind: 'waiting', missing: 2 })
})

test('two equal outputs of distinct payees accept the unit', () => {
  expect(judge([vote(1, 'a'), vote(2, 'a')], rule)).toEqual({ kind: 'accepted', output: output('a') })
})

test('two equal outputs of one payee count once', () => {
  expect(judge([vote(1, 'a'), vote(1, 'a')], rule)).toEqual({ kind: 'waiting', missing: 1 })
})

test('a disagreement asks for one more opinion, which decides', () => {
  expect(judge([vote(1, 'a'), vote(2, 'b')], rule)).toEqual({ kind: 'waiting', missing: 1 })
  expect(judge([vote(1, 'a'), vote(2, 'b'), vote(3, 'b')], rule)).toEqual({
    kind: 'accepted',
    output: output('b'),
  })
})

test('three different outputs blame the kernel', () => {
  const verdict = judge([vote(1, 'a'), vote(2, 'b'), vote(3, 'c')], rule)
  expect(verdict).toEqual({ kind: 'disputed', outputs: [output('a'), output('b'), output('c')] })
})

test('the own opinion of the publisher confirms a lone provider', () => {
  expect(judge([vote(1, 'a'), vote(9, 'a', true)], rule)).toEqual({ kind: 'accepted', output: output('a') })
})

test('the own opinion decides where providers do not agree, and never alone', () => {
  expect(judge([vote(1, 'a'), vote(9, 'b', true)], rule)).toEqual({ kind: 'accepted', output: output('b') })
  expect(judge([vote(9, 'b', true)], rule)).toEqual({ kind: 'waiting', missing: 1 })
})

test('a quorum of providers outweighs a different own opinion', () => {
  expect(judge([vote(1, 'a'), vote(2, 'a'), vote(9, 'b', true)], rule)).toEqual({
    kind: 'accepted',
    output: output('a'),
  })
})

test('a quorum of three waits for what is still missing', () => {
  expect(judge([vote(1, 'a'), vote(2, 'b')], { quorum: 3, replicas: 7 })).toEqual({
    kind: 'waiting',
    missing: 2,
  })
  expect(judge([vote(1, 'a'), vote(2, 'b'), vote(3, 'a'), vote(4, 'b')], { quorum: 3, replicas: 4 })).toEqual(
    {
      kind: 'disputed',
      outputs: [output('a'), output('b')],
    },
  )
})
