import { texts } from '../text.ts'

/** The texts of the throughput plot. */
export const text = texts({
  title: 'Throughput',
  now: '{rate} results a minute',
  label: 'Results a minute over the last 15 minutes; the table below says the same',
  axis: 'Results a minute',
  table: 'As a table',
  minute: 'Minute',
  rate: 'Results a minute',
})
