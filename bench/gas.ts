import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from '../src/cli/project.ts'
import { Failure, malformed } from '../src/protocol/failure.ts'
import { at, readText } from '../src/protocol/read.ts'
import type { Found } from './row.ts'

const TESTS = 'contracts/test/gas/*.t.sol'
const FIGURES = 'contracts/gas/escrow.json'
const RESULTS = 1_000_000
/** What iExec's PoCo publishes: a task of n workers takes 2n + 2 calls, each of at least 21 000 gas. */
const POCO_CALLS = 4

/** The name of a figure in the snapshot, for each row. */
const rows: ReadonlyMap<string, string> = new Map([
  ['open.coin', 'open.coin'],
  ['open.token', 'open.token'],
  ['firstPost', 'post.first.1e5'],
  ['laterPost', 'post.later.1e5'],
  ['claimFirst14', 'claim.first.14'],
  ['claim10', 'claim.warm.10'],
  ['claim14', 'claim.warm.14'],
  ['claim17', 'claim.warm.17'],
  ['cashout1', 'cashout.1.first'],
  ['cashout5', 'cashout.5'],
  ['cashout30', 'cashout.30'],
  ['cashoutMany', 'cashoutMany.each'],
  ['force3', 'force.3'],
  ['force8', 'force.8'],
  ['force16', 'force.16'],
  ['challenge', 'challenge.first'],
  ['answer', 'answer.1'],
  ['resolve', 'resolve'],
])

/** Gives the gas of the escrow's calls, once the contract tests have shown that the committed figures are true. */
export async function gas(): Promise<ReadonlyMap<string, Found>> {
  const { status, stdout } = spawnSync('forge', ['test', '--match-path', TESTS], {
    cwd: projectFolder(),
    encoding: 'utf8',
  })
  if (status !== 0)
    throw new Failure('refused', `The figures of ${FIGURES} are not those of the contract:\n${stdout}`)
  const figures = readFigures()
  const read = (name: string): number => {
    const figure = figures.get(name)
    if (figure === undefined) throw malformed(FIGURES, `a figure named "${name}"`)
    return figure
  }
  const found = new Map<string, Found>()
  for (const [row, name] of rows)
    found.set(`gas.${row}`, { samples: [read(name)], baseline: null, note: name })
  for (const bond of ['10', '25']) {
    found.set(`gas.resultBond${bond}`, perResult(read(`job.bond${bond}.oneEpoch`)))
    found.set(`gas.resultBond${bond}.epochEach`, perResult(read(`job.bond${bond}`)))
  }
  return found
}

/**
 * The publisher's side by result. How often is posted hangs on the bond alone: half of it covers what is unposted. Where gas
 * costs something a settler posts a pending epoch again; `epochEach` is what it would be if each post ended its epoch.
 */
function perResult(job: number): Found {
  const per = (results: number): string => (job / results).toPrecision(3)
  const note = `${per(1_000)} at 1e3, ${per(100_000)} at 1e5; iExec PoCo: ${POCO_CALLS} calls a result and more`
  return { samples: [job / RESULTS], baseline: POCO_CALLS * 21_000, note }
}

function readFigures(): ReadonlyMap<string, number> {
  const parsed: unknown = JSON.parse(readFileSync(join(projectFolder(), FIGURES), 'utf8'))
  if (typeof parsed !== 'object' || parsed === null) throw malformed(FIGURES, 'an object', parsed)
  return new Map(
    Object.entries(parsed).map(([name, value]) => [name, Number(readText(value, at(FIGURES, name)))]),
  )
}
