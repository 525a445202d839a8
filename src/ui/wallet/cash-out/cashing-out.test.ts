import { expect, test } from 'vitest'
import { accountOf, makeKey } from '../../../protocol/account.ts'
import { ZERO_ADDRESS } from '../../../protocol/address.ts'
import { Failure } from '../../../protocol/failure.ts'
import { toWei } from '../../../protocol/wei.ts'
import { CashingOut, type CashOutWays } from './cashing-out.svelte.ts'

const someone = () => accountOf(makeKey())
const [own, escrow, payee, receiver] = [someone(), someone(), someone(), someone()]
const done = { hash: `0x${'ab'.repeat(32)}`, amount: toWei(9n), fee: toWei(1n) } as const

function begin(kind: 'cashout' | 'claim', change: Partial<CashOutWays> = {}) {
  const asked: unknown[] = []
  const provider: CashOutWays = {
    quoteCashOut: async () => ({ kind, amount: toWei(10n), fee: toWei(1n), payee }),
    cashOut: async ({ to, maxFee, token }) => {
      asked.push([to, maxFee, token])
      return done
    },
    exportClaim: async () => 'the claim',
    ...change,
  }
  return { form: new CashingOut(provider, { own, escrow }), asked }
}

test('what is shown is what is cashed out: to the address, for the fee', async () => {
  const { form, asked } = begin('cashout')
  await form.go()
  expect(asked).toEqual([]) // nothing was offered yet
  await form.ask()
  expect(form.offer).toMatchObject({ amount: 10n, fee: 1n })
  form.to = ` ${receiver} `
  await form.go()
  expect(asked).toEqual([[receiver, 1n, ZERO_ADDRESS]])
  expect([form.done, form.problem]).toEqual([done, undefined])
})

test.each(['', '0x12', `0x${'0'.repeat(40)}`])('"%s" is refused beside the field', async (to) => {
  const { form, asked } = begin('cashout')
  await form.ask()
  form.to = to
  await form.go()
  expect(asked).toEqual([])
  expect(form.problem?.path).toBe('to')
  expect(form.problem?.text).not.toMatch(/^to:/)
  const { problem } = form
  await form.ask()
  expect(form.problem).toEqual(problem) // new figures do not mend the address
})

test('what was earned for another address goes there, whatever is in the field', async () => {
  const { form, asked } = begin('claim')
  await form.ask()
  form.to = receiver
  await form.go()
  expect(asked).toEqual([[payee, 1n, ZERO_ADDRESS]])
})

test('what relays say is shown whole, and the offer stays', async () => {
  const { form } = begin('cashout', {
    cashOut: () => Promise.reject(new Failure('refused', 'no relay sends it. relay …abc: busy')),
    exportClaim: () => Promise.reject(new Failure('refused', 'Nothing is claimable just now')),
  })
  await form.ask()
  form.to = receiver
  await form.go()
  expect(form.problem).toEqual({ path: '', text: 'no relay sends it. relay …abc: busy' })
  expect(form.offer).toBeDefined()
  expect(await form.exportClaim()).toBeUndefined()
  expect(form.problem?.text).toBe('Nothing is claimable just now')
})
