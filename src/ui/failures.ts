import { texts } from './text.ts'

/** What happened to a unit that failed, or a program that does not load, in the words of a page. */
export const failureText = texts({
  trap: 'the kernel broke off',
  fuel: 'used up its instructions',
  timeout: 'took too long',
  memory: 'out of memory',
  oversized: 'output too large',
  malformed: 'output of a wrong size',
  refused: 'refused',
  compile: 'does not compile',
  unsupported: 'cannot run here',
  'device-lost': 'graphics card lost',
  wedged: 'graphics card does not answer',
  unreachable: 'sandbox lost',
})
