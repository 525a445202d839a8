import { texts } from './text.ts'

/** The texts that more than one page needs. */
export const text = texts({
  skip: 'Skip to the content',
  contribute: 'Contribute',
  jobs: 'Jobs',
  publish: 'Publish',
  wallet: 'Wallet',
  pages: 'Pages',
  theme: 'Colours',
  'theme.auto': 'Auto',
  'theme.light': 'Light',
  'theme.dark': 'Dark',
  loading: 'Loading…',
  loadFailed: 'This part of the page could not be loaded: {why}',
  retry: 'Try again',
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'Not copied: select the text and copy it by hand',
  testMoney: 'test money',
  smallestUnit: 'of the smallest unit',
  table: '{label}: table',
  footer:
    'Weft has no operator between publisher and visitor: relays only introduce, the escrow contract pays.',
})
