import type { Page } from 'playwright-core'
import { Failure } from '../src/protocol/failure.ts'
import type { Found } from './row.ts'
import { median } from './spread.ts'
import type { Stage } from './stage.ts'
import { withStage } from './stage.ts'

/** Rounds of `weft` (A) and of the bare loop (B), side by side: A B, B A, A B, … */
const ROUNDS = 5
const UNITS = 20_000
const BARE_UNITS = 60_000
const WARM_UNITS = 1_000
const MIN_UNITS = 2_000
/** A round takes about so long, so that the whole ends within a minute on a busy machine too. */
const ROUND_MS = 4_000

type Side = 'weft' | 'bare'
type Rates = Record<Side, number[]>

/**
 * Measures the steady rate of verified units, end to end, as a share of what a bare loop does in the same pages. Throws
 * `refused` when something else was measured than was meant: another path than WebRTC, units that the publisher ran itself.
 */
export async function e2eVerified(signal: AbortSignal): Promise<ReadonlyMap<string, Found>> {
  return await withStage(async (stage) => {
    await connectBare(stage)
    await connectWeft(stage)
    const units = await unitsOfRound(stage.publisher)
    const rates: Rates = { weft: [], bare: [] }
    for (let round = 0; round < ROUNDS; round += 1) {
      const order: readonly Side[] = round % 2 === 0 ? ['weft', 'bare'] : ['bare', 'weft']
      for (const side of order) {
        const run = side === 'weft' ? runWeft(stage.publisher, round + 1, units) : runBare(stage.publisher)
        rates[side].push(steadyRate(await run))
      }
    }
    return new Map([['e2e-verified', found(rates, units)]])
  }, signal)
}

/** Units a second between the first and the last tenth of those that came, at these times in milliseconds. */
export function steadyRate(times: readonly number[]): number {
  const [from, to] = [Math.floor(times.length / 10), Math.ceil((times.length * 9) / 10) - 1]
  const [start, end] = [times[from], times[to]]
  if (start === undefined || end === undefined || end <= start)
    throw new RangeError('too few results to time')
  return ((to - from) * 1_000) / (end - start)
}

async function connectBare({ publisher, providers }: Stage): Promise<void> {
  for (const provider of providers) {
    const offer = await publisher.evaluate(() => window.bench.bare.offer())
    const answer = await provider.evaluate((sdp) => window.bench.answerBare(sdp), offer)
    await publisher.evaluate((sdp) => window.bench.bare.take(sdp), answer)
  }
  await runBare(publisher)
}

async function connectWeft({ publisher, providers }: Stage): Promise<void> {
  await publisher.evaluate(() => window.bench.startPublisher())
  await Promise.all(providers.map((provider) => provider.evaluate(() => window.bench.startProvider())))
}

/** All 20 000 where the machine does them in the time of a round; this first job also warms everything up. */
async function unitsOfRound(publisher: Page): Promise<number> {
  const rate = steadyRate(await runWeft(publisher, 0, WARM_UNITS))
  return Math.min(UNITS, Math.max(MIN_UNITS, 500 * Math.round((rate * ROUND_MS) / 500_000)))
}

async function runBare(publisher: Page): Promise<number[]> {
  return await publisher.evaluate((units) => window.bench.bare.run(units), BARE_UNITS)
}

async function runWeft(publisher: Page, index: number, units: number): Promise<number[]> {
  const job = { index, units }
  const { times, own, paths } = await publisher.evaluate((job) => window.bench.square(job), job)
  if (own > 0)
    throw new Failure(
      'refused',
      `Job ${index}: the publisher ran ${own} units itself; the rate would be wrong`,
    )
  if (paths.length !== 2 || paths.some((path) => path !== 'webrtc'))
    throw new Failure(
      'refused',
      `Job ${index}: two providers over WebRTC were meant, found ${paths.join(' and ')}`,
    )
  return times
}

function found({ weft, bare }: Rates, units: number): Found {
  const samples = weft.map((rate, round) => rate / (bare[round] ?? Number.NaN))
  const per = (rates: readonly number[]): string => `${Math.round(median(rates))} units/s`
  const bounded = units < UNITS ? `, bounded to ${units} units a round instead of ${UNITS}` : ''
  const note = `verified ${per(weft)}, bare ${per(bare)}${bounded}; chain calls of finished jobs go on during later rounds`
  return { samples, baseline: median(bare), note }
}
