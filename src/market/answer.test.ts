import { expect, test } from 'vitest'
import { chooseReply } from './answer.ts'

const leaf = (amount: bigint, isFinal = true) => ({ amount, isFinal })
const challenge = { missing: 100n, proven: 0n, leftSeconds: 80, challengeDelay: 100 }

test('final leaves that add up are shown, in their order, and no more of them than needed', () => {
  const [small, large, last] = [leaf(10n), leaf(95n), leaf(20n)]
  expect(chooseReply([small, large, last], challenge)).toEqual({ kind: 'answer', leaves: [large, last] })
  expect(chooseReply([leaf(100n)], challenge)).toEqual({ kind: 'answer', leaves: [leaf(100n)] })
})

test('leaves that are posted and not final are waited for', () => {
  expect(chooseReply([leaf(40n), leaf(60n, false)], challenge)).toEqual({ kind: 'wait' })
})

test('what was promised and not posted is posted first', () => {
  expect(chooseReply([leaf(40n), leaf(59n, false)], challenge)).toEqual({ kind: 'post' })
  expect(chooseReply([], challenge)).toEqual({ kind: 'post' })
})

test('shortly before it is too late a part is shown, once: it lessens what the bond loses', () => {
  const late = { ...challenge, leftSeconds: 25 }
  expect(chooseReply([leaf(40n), leaf(60n, false)], late)).toEqual({ kind: 'answer', leaves: [leaf(40n)] })
  expect(chooseReply([leaf(40n), leaf(60n, false)], { ...late, proven: 40n })).toEqual({ kind: 'wait' })
  expect(chooseReply([leaf(100n)], { ...late, leftSeconds: 0 })).toEqual({ kind: 'wait' })
})
