/** When the visitor lets this browser work, and how much. */
export type Rules = {
  /** Share of the time that each CPU worker computes, from 0.05 to 1. */
  readonly cpuDuty: number
  readonly cpuWorkers: number
  /** Share of the time that the GPU computes, while the tab is in front and while it is not. */
  readonly gpuDuty: number
  readonly gpuDutyHidden: number
  /** `mains`: not on battery, where the browser tells; `charging`: only while the browser says that it is charging. */
  readonly power: 'any' | 'mains' | 'charging'
  /** Stops while the browser is told to save data. */
  readonly heedsDataSaver: boolean
  /** Does less, or nothing, while something else needs the computer. */
  readonly makesRoom: boolean
}

/**
 * What stops the work although the visitor did not pause it. All but two can be overridden: a `frozen` page runs nothing at all,
 * and `unseen` is a frame whose button nobody can press, of a site that may not hide what computes.
 */
export type PauseCode = 'frozen' | 'unseen' | 'battery' | 'charging' | 'data-saver' | 'pressure'

/** How busy the whole computer is, in the words of the Compute Pressure API. */
export const PRESSURES = ['nominal', 'fair', 'serious', 'critical'] as const
export type Pressure = (typeof PRESSURES)[number]

/** What is left of the visitor's limits while something else needs the computer, from above 0 to 1, and how that was noticed. */
export type Room = { readonly share: number; readonly why?: 'slow' | 'stutter' | 'host' | 'pressure' }

/** What is known of the computer and the page. Where a browser does not tell, the fact stays as in `CALM`. */
export type Facts = {
  /** The browser has stopped the page. */
  readonly isFrozen: boolean
  /** The frame is on the visible part of the page around it. */
  readonly isInView: boolean
  /** The tab is in front. */
  readonly isVisible: boolean
  /** Undefined where the browser does not say. */
  readonly isCharging: boolean | undefined
  readonly savesData: boolean
  readonly pressure: Pressure
  readonly room: Room
  /** What the visitor lets run nevertheless, for this visit. */
  readonly overrides: readonly PauseCode[]
}

/** What holds while nothing else is known. */
export const CALM: Facts = {
  isFrozen: false,
  isInView: true,
  isVisible: true,
  isCharging: undefined,
  savesData: false,
  pressure: 'nominal',
  room: { share: 1 },
  overrides: [],
}

/** Why nothing runs; `override` names the button that lets it run nevertheless. */
export type Paused = { readonly code: PauseCode; readonly text: string; readonly override?: string }

/** How much may run now: the share of time of a CPU worker and of the GPU, how many workers, and why it is less than allowed. */
export type Decision = {
  readonly cpuDuty: number
  readonly gpuDuty: number
  readonly workers: number
  readonly paused: Paused | undefined
  readonly limits: readonly string[]
}

const NOTICED = {
  slow: 'Units take longer than usual, so something else needs this computer',
  stutter: 'This page stutters',
  host: 'The page around this badge is busy',
  pressure: 'This computer was busy a moment ago',
} as const

/** Decides how much may run. */
export function decide(facts: Facts, rules: Rules): Decision {
  const causes = causesOf(facts, rules)
  const isAllowed = ({ code, override }: Paused): boolean =>
    override !== undefined && facts.overrides.includes(code)
  const limits = causes.filter(isAllowed).map(({ text }) => `You let it run for this visit: ${text}`)
  let share = 1
  if (rules.makesRoom) {
    share = facts.room.share
    if (facts.room.why !== undefined && share < 1)
      limits.push(`${NOTICED[facts.room.why]}: ${Math.round(share * 100)} % of your limits are used`)
    if (facts.pressure === 'fair') {
      share /= 2
      limits.push('This computer is rather busy: half of your limits is used')
    }
  }
  return {
    cpuDuty: rules.cpuDuty * share,
    gpuDuty: (facts.isVisible ? rules.gpuDuty : rules.gpuDutyHidden) * share,
    workers: rules.cpuWorkers,
    paused: causes.find((cause) => !isAllowed(cause)),
    limits,
  }
}

/** All that speaks against working now, the first to be told first. */
function causesOf(facts: Facts, rules: Rules): Paused[] {
  const causes: Paused[] = []
  if (facts.isFrozen)
    causes.push({
      code: 'frozen',
      text: 'The browser has put this tab to sleep; nothing can run until it wakes',
    })
  if (!facts.isInView)
    causes.push({
      code: 'unseen',
      text: 'A site must not hide what computes: it works only while you can see this badge',
    })
  if (facts.isCharging === false && rules.power === 'mains')
    causes.push({ code: 'battery', text: 'This computer runs on battery', override: 'Run on battery anyway' })
  if (facts.isCharging !== true && rules.power === 'charging') {
    const text =
      facts.isCharging === false
        ? 'The battery is not charging'
        : 'This browser does not say if it is charging'
    causes.push({ code: 'charging', text, override: 'Run anyway' })
  }
  if (facts.savesData && rules.heedsDataSaver)
    causes.push({ code: 'data-saver', text: 'The browser is told to save data', override: 'Use data anyway' })
  if (rules.makesRoom && (facts.pressure === 'serious' || facts.pressure === 'critical'))
    causes.push({ code: 'pressure', text: 'This computer is busy with other things', override: 'Run anyway' })
  return causes
}
