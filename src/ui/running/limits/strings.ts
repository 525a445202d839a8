import { texts } from '../../text.ts'

/** The texts of the limits that the visitor sets. */
export const text = texts({
  cpu: 'Processor time',
  gpu: 'Graphics card time',
  gpuHidden: 'Graphics card, tab behind others',
  rules: 'When it may work',
  power: 'Power',
  'power.any': 'On battery too',
  'power.mains': 'Not on battery',
  'power.charging': 'Only while charging',
  dataSaver: 'Stop while the browser saves data',
  room: 'Make room when this computer is busy',
  'room.more': 'Does less, or nothing, while other programs need the computer or this page stutters.',
})
