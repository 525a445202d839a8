import { texts } from '../text.ts'

/** The texts of the badge. */
export const text = texts({
  badge: 'Support this site',
  'badge.more': 'with computing time',
  starting: 'Starting…',
  failed: 'Could not start: {why}',
  working: 'Working for this site',
  idle: 'Waiting',
  paused: 'Paused',
  accepted: '{count} accepted',
  pause: 'Pause',
  'pause.hour': 'For 1 hour',
  resume: 'Resume',
  stop: 'Stop',
  details: 'Details',
})
