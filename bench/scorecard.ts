import type { Goal } from './row.ts'

/** A goal of the scorecard; the id of its metric is what stands before the point. `later` names what will bring it. */
export type Entry = Goal & { readonly id: string; readonly later?: string }

type Line = readonly [
  metric: string,
  unit: string,
  better: Goal['better'],
  goal: number | null,
  later?: string,
]

const lines: readonly Line[] = [
  ['e2e-verified', 'ratio', 'higher', null],
  ['e2e-raw', 'ratio', 'higher', 0.6, 'Network'],
  ['e2e-pando', 'ratio', 'higher', 20, 'Network'],
  ['rtt', 'ratio', 'lower', 3, 'Network'],
  ['first-unit.p50', 's', 'lower', 1.5, 'Visitor'],
  ['first-unit.p95', 's', 'lower', 3, 'Visitor'],
  ['utilisation-10ms', 'ratio', 'higher', 0.97, 'Coordinator'],
  ['coordinator-cpu.unit', 'us', 'lower', 20, 'Coordinator'],
  ['coordinator-cpu.growth', 'ratio', 'lower', 2, 'Coordinator'],
  ['durable', 'ratio', 'higher', 10, 'Coordinator'],
  ['memory-1e6', 'MB', 'lower', 512, 'Coordinator'],
  ['sandbox-wgsl', 'ratio', 'lower', 1.03, 'Executors'],
  ['sandbox-fixed', 'ms', 'lower', 1, 'Executors'],
  ['meter.arithmetic', 'ratio', 'lower', 1.1, 'Executors'],
  ['meter.memory', 'ratio', 'lower', 1.35, 'Executors'],
  ['matmul-wasm', 'ratio', 'higher', 0.8, 'Executors'],
  ['matmul-wgsl.software', 'ratio', 'higher', 1.5, 'Executors'],
  ['matmul-wgsl.gpu', 'ratio', 'higher', 0.9, 'Executors'],
  ['routing', 'ratio', 'higher', 0.9, 'Executors'],
  ['host-jank.tasks', '1/min', 'lower', 0, 'Executors'],
  ['host-jank.frames', '%', 'lower', 5, 'Executors'],
  ['gas.open.coin', 'gas', 'lower', null],
  ['gas.open.token', 'gas', 'lower', null],
  ['gas.firstPost', 'gas', 'lower', null],
  ['gas.laterPost', 'gas', 'lower', 100_000],
  ['gas.claimFirst14', 'gas', 'lower', null],
  ['gas.claim10', 'gas', 'lower', null],
  ['gas.claim14', 'gas', 'lower', 66_000],
  ['gas.claim17', 'gas', 'lower', null],
  ['gas.cashout1', 'gas', 'lower', null],
  ['gas.cashout5', 'gas', 'lower', null],
  ['gas.cashout30', 'gas', 'lower', null],
  ['gas.cashoutMany', 'gas', 'lower', 62_000],
  ['gas.force3', 'gas', 'lower', null],
  ['gas.force8', 'gas', 'lower', null],
  ['gas.force16', 'gas', 'lower', null],
  ['gas.challenge', 'gas', 'lower', null],
  ['gas.answer', 'gas', 'lower', null],
  ['gas.resolve', 'gas', 'lower', null],
  ['gas.resultBond10', 'gas', 'lower', 2.1],
  ['gas.resultBond25', 'gas', 'lower', 0.9],
  ['gas.resultBond10.epochEach', 'gas', 'lower', null],
  ['gas.resultBond25.epochEach', 'gas', 'lower', null],
  ['statement-build.seconds', 's', 'lower', 1],
  ['statement-build.memory', 'MB', 'lower', 200],
  ['statement-build.update', 'us', 'lower', null],
  ['blocks', 'ratio', 'higher', 0.8, 'Network'],
  ['relay.memory', 'MB', 'lower', 250, 'Network'],
  ['relay.cpu', '%', 'lower', 10, 'Network'],
  ['churn.lost', 'units', 'lower', 0, 'Coordinator'],
  ['churn.duplicated', 'units', 'lower', 0, 'Coordinator'],
  ['churn.paidTwice', 'units', 'lower', 0, 'Coordinator'],
  ['churn.throughput', 'ratio', 'higher', 0.9, 'Coordinator'],
  ['match.decision', 'us', 'lower', 50, 'Market'],
  ['match.growth', 'ratio', 'lower', null, 'Market'],
  ['sizes.loader', 'KiB', 'lower', 3],
  ['sizes.frame', 'KiB', 'lower', 15],
  ['sizes.engine', 'KiB', 'lower', 230],
  ['sizes.contribute', 'KiB', 'lower', 60],
  ['sizes.publisher', 'KiB', 'lower', 160],
  ['sizes.wallet', 'KiB', 'lower', 110, 'the wallet'],
  ['sizes.sdk', 'KiB', 'lower', 110, 'the SDK'],
]

/** Every goal of the scorecard, in its order. */
export const scorecard: readonly Entry[] = lines.map(([metric, unit, better, goal, later]) => {
  const entry = { id: metric.split('.', 1)[0] ?? metric, metric, unit, better, goal }
  return later === undefined ? entry : { ...entry, later }
})
