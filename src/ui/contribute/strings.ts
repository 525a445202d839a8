import { texts } from '../text.ts'

/** The texts of the first page, before anything runs. */
export const text = texts({
  title: 'Many tabs, one fabric of computing.',
  lead: 'Lend this browser’s idle time to real work. Publishers pay for each result that is verified, straight to you, through a contract that nobody controls.',
  start: 'Start',
  'start.more': 'Asks first. No account, no wallet, nothing to install.',
  starting: 'Starting…',
  stop: 'Stop',
  failed: 'It could not start: {why}',
  preview: 'An example of a job: a picture that fills in tile by tile, each tile computed by one tab',
  'preview.caption':
    'An example, drawn by this page. A real job is cut into tiles like these, and every tile is computed by at least two tabs that must agree.',
  how: 'How it works',
  'how.1': 'A publisher posts a job',
  'how.1.more':
    'A small program, its inputs and a price, with the money set aside in an escrow contract beforehand.',
  'how.2': 'Tabs compute the pieces',
  'how.2.more':
    'Yours among them, in a closed sandbox. A result counts when two tabs with different owners return the same bytes.',
  'how.3': 'The contract pays',
  'how.3.more':
    'Every accepted result adds to a signed promise that the deposit covers. The contract pays it out to your address.',
  open: 'Open jobs',
  'open.more':
    'The list of open jobs comes from other computers, so it is fetched only after you agree. Until then this page connects to nobody.',
  calm: 'You stay in charge',
  'calm.1': 'Choose how much of the processor is used, and change it at any time.',
  'calm.2': 'Pause or stop with one click. Closing the tab is enough, too.',
  'calm.3': 'See what is computed, for whom, at what price, and skip what you do not like.',
  'calm.4': 'Whenever nothing runs, the page says why.',
})
