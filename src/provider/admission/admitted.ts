import { Failure } from '../../protocol/failure.ts'
import { at, readInteger, readList, readNumber, readRecord, readText, readWord } from '../../protocol/read.ts'
import type { Profile } from '../../worker/admission/profile.ts'
import { parseProfile } from '../../worker/admission/profile.ts'
import type { Trial } from '../../worker/admission/route.ts'

/** What is known of this browser: its profile, and what trying twins showed, by their names. */
export type Admitted = {
  readonly profile: Profile | undefined
  readonly trials: ReadonlyMap<string, Trial>
}

const VERSION = 1
const NOTHING: Admitted = { profile: undefined, trials: new Map() }

/** What is known as plain values for the store. */
export function packAdmitted({ profile, trials }: Admitted): unknown {
  return {
    version: VERSION,
    ...(profile === undefined ? {} : { profile }),
    trials: [...trials].map(([twins, { choice, factor }]) => ({ twins, choice, factor })),
  }
}

/** Reads what was kept. What another version of this page wrote is measured anew, and is no reason not to start. */
export function parseAdmitted(value: unknown): Admitted {
  try {
    return value === undefined ? NOTHING : read(value)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return NOTHING
  }
}

function read(value: unknown): Admitted {
  const path = 'admission'
  const record = readRecord(value, path, ['version', 'profile', 'trials'])
  readInteger(record.version, at(path, 'version'), [VERSION, VERSION])
  const trials = readList(record.trials, at(path, 'trials'), { max: 1000, read: readTrial })
  const profile = record.profile === undefined ? undefined : parseProfile(record.profile, at(path, 'profile'))
  return { profile, trials: new Map(trials) }
}

function readTrial(value: unknown, path: string): [string, Trial] {
  const { twins, choice, factor } = readRecord(value, path, ['twins', 'choice', 'factor'])
  const trial = {
    choice: readWord(choice, at(path, 'choice'), { words: ['wasm', 'wgsl'] as const }),
    factor: readNumber(factor, at(path, 'factor')),
  }
  return [readText(twins, at(path, 'twins')), trial]
}
