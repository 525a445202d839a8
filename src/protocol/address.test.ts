import { expect, test } from 'vitest'
import { readAddress, showAddress, ZERO_ADDRESS } from './address.ts'

// From EIP-55.
const CHECKED = [
  '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
  '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
  '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
]

test.each(CHECKED)('%s is read in lower case and shown with its checksum', (text) => {
  const address = readAddress(text, 'payee')
  expect(address).toBe(text.toLowerCase())
  expect(showAddress(address)).toBe(text)
  expect(readAddress(address, 'payee')).toBe(address)
  expect(readAddress(`0x${text.slice(2).toUpperCase()}`, 'payee')).toBe(address)
})

test('a mistyped checksum is caught', () => {
  const wrong = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD'
  expect(() => readAddress(wrong, 'payee')).toThrow('payee: expected an address with a right checksum')
})

test.each(['', '0x', 'payee', ZERO_ADDRESS.slice(2), `${ZERO_ADDRESS}0`, `${ZERO_ADDRESS}\n`, 0, null])(
  '%j is no address',
  (value) => {
    expect(() => readAddress(value, 'payee')).toThrow(/^payee: expected an address/)
  },
)
