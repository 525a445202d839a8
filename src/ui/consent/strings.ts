import { texts } from '../text.ts'

/** The texts of the consent, the same on the page and in a frame on another site. */
export const text = texts({
  title: 'Before this browser works',
  intro: 'Nothing has started yet. If you agree, this is what happens:',
  runs: 'What runs',
  'runs.more':
    'Small programs that publishers pay for, such as rendering a picture. They run in a closed sandbox: no access to this site, your files or the network.',
  share: 'Processor and graphics card',
  'share.more': 'Each worker computes at most {percent} % of the time. This computer reports {cores} cores.',
  throttle: 'Share of time',
  data: 'Data',
  'data.more':
    'Each program and its inputs are fetched once, up to a few megabytes. A result is a few kilobytes.',
  payee: 'Who is paid',
  'payee.own': 'A key made in this browser',
  'payee.own.more': 'You can save the key to a file later.',
  'payee.other': 'Another address of mine',
  'payee.address': 'Address (0x…)',
  'payee.site': 'The owner of this site, not you:',
  seen: 'Who sees you',
  'seen.more': 'The relays and publishers that you connect to see your IP address.',
  stop: 'How to stop',
  'stop.more': 'Pause and Stop are always in view, and closing the tab ends everything.',
  decline: 'Decline',
  agree: 'Agree',
})
