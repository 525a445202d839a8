import type { Fee, Transfer } from '../../../chain/wallet.ts'
import type { Address } from '../../../protocol/address.ts'
import { readAddress, ZERO_ADDRESS } from '../../../protocol/address.ts'
import { Failure } from '../../../protocol/failure.ts'
import type { Wei } from '../../../protocol/wei.ts'
import { formatWei, parseCoins, toWei } from '../../../protocol/wei.ts'

/** What is written in the form. */
export type SendForm = { readonly to: string; readonly amount: string; readonly isAll: boolean }

/** What the form is judged against. */
export type Means = {
  readonly balance: Wei
  readonly fee: Fee
  readonly currency: string
}

/** Reads the receiver of a payment. Throws `malformed` in the field `to`. */
export function readReceiver(text: string, { own, escrow }: { own: Address; escrow: Address }): Address {
  const typed = text.trim()
  if (typed === '') throw wrong('to', 'Enter the address that is to be paid')
  if (!/^0x[0-9a-fA-F]{40}$/.test(typed))
    throw wrong('to', 'An address is 0x and 40 hexadecimal digits. Copy it whole')
  const to = readTyped(typed)
  if (to === ZERO_ADDRESS) throw wrong('to', 'Nobody has the key of this address: the coins would be lost')
  if (to === own) throw wrong('to', 'This is the account that pays')
  if (to === escrow) throw wrong('to', 'This is the escrow. It takes money with a job only')
  return to
}

/** Reads the amount, which the balance must cover together with the fee. Throws `malformed` in the field `amount`. */
export function readAmount({ amount: text, isAll }: SendForm, { balance, fee, currency }: Means): Wei {
  const most = balance > fee.total ? balance - fee.total : 0n
  const show = (amount: bigint): string => `${formatWei(amount)} ${currency}`
  if (isAll && most > 0n) return toWei(most)
  if (isAll)
    throw wrong('amount', `The account holds ${show(balance)}, and the fee alone may be ${show(fee.total)}`)
  const amount = readTypedAmount(text)
  if (amount === 0n) throw wrong('amount', 'Enter more than nothing')
  if (amount > most)
    throw wrong(
      'amount',
      `The account holds ${show(balance)}. After a fee of at most ${show(fee.total)} that leaves ${show(most)}`,
    )
  return amount
}

/** Reads a form whole. Throws `malformed` in the field that is wrong. */
export function readSend(form: SendForm, to: Address, means: Means): Transfer {
  return { to, amount: readAmount(form, means), fee: means.fee, isAll: form.isAll }
}

function readTyped(text: string): Address {
  try {
    return readAddress(text, 'to')
  } catch {
    throw wrong('to', 'The capitals of this address do not fit its digits: one of them is mistyped')
  }
}

function readTypedAmount(text: string): Wei {
  try {
    return parseCoins(text, 'amount')
  } catch {
    throw wrong('amount', 'Enter a number of coins such as 0.25, with at most 18 decimals')
  }
}

function wrong(path: 'to' | 'amount', text: string): Failure {
  return new Failure('malformed', `${path}: ${text}`)
}
