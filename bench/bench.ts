import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { Failure, malformed, reason } from '../src/protocol/failure.ts'
import { e2eVerified } from './e2e-verified.ts'
import { gas } from './gas.ts'
import { hostJank } from './host-jank.ts'
import { matmulWasm } from './matmul/matmul-wasm.ts'
import { matmulWgsl } from './matmul/matmul-wgsl.ts'
import { meter } from './meter/meter.ts'
import { respawn } from './respawn.ts'
import type { Found, Row } from './row.ts'
import { absentRow, foundRow } from './row.ts'
import { routing } from './sandbox/routing.ts'
import { sandboxFixed } from './sandbox/sandbox-fixed.ts'
import { sandboxWgsl } from './sandbox/sandbox-wgsl.ts'
import { scorecard } from './scorecard.ts'
import { sizes } from './sizes.ts'
import { statementBuild } from './statement-build.ts'
import { tableOf } from './table.ts'

/** The metrics that can be measured: each gives what it found by the names of its goals. */
const metrics: ReadonlyMap<string, (signal: AbortSignal) => Promise<ReadonlyMap<string, Found>>> = new Map([
  ['e2e-verified', e2eVerified],
  ['sandbox-wgsl', sandboxWgsl],
  ['sandbox-fixed', sandboxFixed],
  ['routing', routing],
  ['gas', gas],
  ['meter', meter],
  ['matmul-wasm', matmulWasm],
  ['matmul-wgsl', matmulWgsl],
  ['host-jank', hostJank],
  ['respawn', respawn],
  ['statement-build', statementBuild],
  ['sizes', sizes],
])

const LIMIT_MS = 180_000

/** Measures the metrics of these ids, or all that exist, and prints them. Resolves to the exit code: 1 when one could not be measured. */
async function bench(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { ids, json } = readArgs(args)
  const rows: Row[] = []
  const faults: string[] = []
  for (const id of ids) {
    try {
      rows.push(...(await rowsOf(id, signal)))
    } catch (error) {
      if (signal.aborted) throw new Failure('cancelled', 'The bench was stopped', { cause: error })
      faults.push(`${id}: ${reason(error)}`)
    }
  }
  console.log(tableOf(rows))
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`)
  for (const fault of faults) console.error(`weft bench: ${fault}`)
  return faults.length === 0 ? 0 : 1
}

function readArgs(args: readonly string[]): {
  readonly ids: readonly string[]
  readonly json: string | undefined
} {
  const known = [...new Set(scorecard.map(({ id }) => id))]
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { json: { type: 'string' } },
    allowPositionals: true,
  })
  const stranger = positionals.find((id) => !known.includes(id))
  if (stranger !== undefined) throw malformed('ID', `one of ${known.join(', ')}`, stranger)
  return { ids: positionals.length === 0 ? known : [...new Set(positionals)], json: values.json }
}

async function rowsOf(id: string, signal: AbortSignal): Promise<Row[]> {
  const goals = scorecard.filter((entry) => entry.id === id)
  const found = await measure(id, signal)
  const load = Number((loadavg()[0] ?? 0).toFixed(2))
  return goals.map(({ id: _, later, ...goal }) => {
    const values = found.get(goal.metric)
    if (values !== undefined) return foundRow(goal, values, load)
    if (later === undefined) throw new Failure('malformed', `${goal.metric} was not measured`)
    return absentRow(goal, `no issue has asked for it yet; it comes with ${later}`, load)
  })
}

async function measure(id: string, signal: AbortSignal): Promise<ReadonlyMap<string, Found>> {
  const metric = metrics.get(id)
  if (metric === undefined) return new Map()
  console.error(`weft bench: measuring ${id}`)
  const limit = AbortSignal.timeout(LIMIT_MS)
  try {
    return await metric(AbortSignal.any([signal, limit]))
  } catch (error) {
    if (!limit.aborted) throw error
    throw new Failure('timeout', `it did not end within ${LIMIT_MS / 1_000} s`, { cause: error })
  }
}

function untilInterrupted(): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
  return stop.signal
}

process.exitCode = await bench(process.argv.slice(2), untilInterrupted()).catch((error: unknown) => {
  console.error(`weft bench: ${reason(error)}`)
  return 2
})
