import { texts } from '../../text.ts'

/** The texts of the cash-out. */
export const text = texts({
  title: 'Cash out',
  more: 'Needs no wallet and no coins: a relay sends the transaction.',
  off: 'What you have earned can be cashed out while this browser contributes: press Start on the page Contribute.',
  nothing: 'Nothing can be cashed out yet. What is promised can be, once the publisher has posted it.',
  asking: 'Asking the relays…',
  what: 'What',
  amount: 'Can be cashed out',
  fee: 'The relay keeps',
  arrives: 'Arrives',
  to: 'To the address',
  'to.more': 'Yours, in any wallet. Look at it twice: what is paid there cannot be called back.',
  claim: 'This was earned for another address, and is paid to that one only:',
  go: 'Cash out',
  'go.claim': 'Have it paid',
  busy: 'Sending…',
  sent: 'On its way',
  done: 'Arrived',
  transaction: 'Transaction',
  again: 'Ask again',
  last: 'When no relay helps',
  'last.more':
    'The claim is a transaction that anybody may send, from any wallet. It pays this browser’s account, or the address that you earn for.',
  export: 'Export claim',
})
