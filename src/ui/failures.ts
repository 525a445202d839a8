import type { UnitFailure } from '../protocol/work/message.ts'
import { UNIT_FAILURES } from '../protocol/work/message.ts'
import type { PublishedJob } from '../publisher/state.ts'
import { texts } from './text.ts'

/** What happened to a unit that failed, or a program that does not run, in the words of a page. */
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
} satisfies Record<UnitFailure, string>)

/** What a publisher makes of a failure: who may run the unit next, and when it is given up. */
type Consequence = 'kernel' | 'machine' | 'again' | 'leaves'

const consequences: Readonly<Record<UnitFailure, Consequence>> = {
  trap: 'kernel',
  fuel: 'kernel',
  oversized: 'kernel',
  malformed: 'kernel',
  timeout: 'machine',
  memory: 'machine',
  wedged: 'machine',
  'device-lost': 'again',
  unreachable: 'again',
  refused: 'leaves',
  compile: 'leaves',
  unsupported: 'leaves',
}

/** In which ways units of a job failed, how often, and what follows. */
export function failedRuns({
  failures,
}: Pick<PublishedJob, 'failures'>): { code: UnitFailure; count: number; follows: Consequence }[] {
  return UNIT_FAILURES.flatMap((code) => {
    const count = failures[code]
    return count === undefined ? [] : [{ code, count, follows: consequences[code] }]
  })
}
