import type { Row } from './row.ts'

const HEAD = ['metric', 'value', 'unit', 'goal', 'spread', 'verdict', 'note']
const NUMBERS = new Set(['value', 'goal', 'spread'])

/** Writes rows as a table for a terminal. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cellsOf)]
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)))
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => pad(cell, column, widths))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function cellsOf({ metric, value, unit, better, goal, spread, verdict, note }: Row): string[] {
  const sign = better === 'higher' ? '>=' : '<='
  return [
    metric,
    value === null ? '-' : showNumber(value),
    unit,
    goal === null ? '-' : `${sign} ${showNumber(goal)}`,
    spread === null ? '-' : `${Math.round(spread * 100)} %`,
    verdict,
    note,
  ]
}

function pad(cell: string, column: number, widths: readonly number[]): string {
  const width = widths[column] ?? 0
  return NUMBERS.has(HEAD[column] ?? '') ? cell.padStart(width) : cell.padEnd(width)
}

/** Three figures that count, without an exponent. */
function showNumber(number: number): string {
  return Math.abs(number) >= 100 ? number.toFixed(0) : String(Number(number.toPrecision(3)))
}
