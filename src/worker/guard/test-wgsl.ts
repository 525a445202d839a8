import { readTokens } from './wgsl-tokens.ts'

/** What running a program came to: its numbers, or that it went on for longer than allowed; `turns` is the most turns of one loop in one call. */
export type Ran = {
  readonly numbers: readonly number[]
  readonly isSpent: boolean
  readonly isEnded: boolean
  readonly ticks: number
  readonly turns: number
}

class TooLong extends Error {}

/**
 * Runs WGSL of the kind that the guard's random tests make (u32 numbers, loops, functions without parameters) by turning it
 * into JavaScript, before or after it was guarded. Turns and calls count as ticks; it is stopped after `maxTicks`.
 */
export function runWgsl(text: string, maxTicks: number): Ran {
  const spent = [0]
  let [ticks, turns] = [0, 0]
  const tick = (): void => {
    ticks += 1
    if (ticks > maxTicks) throw new TooLong()
  }
  const enter = (): ((loop: number) => void) => {
    tick()
    const counts = new Map<number, number>()
    return (loop) => {
      tick()
      const count = (counts.get(loop) ?? 0) + 1
      counts.set(loop, count)
      turns = Math.max(turns, count)
    }
  }
  const script = `${translate(text)}; return (run) => { let ended = true; try { main() } catch (error) { if (!run(error)) throw error; ended = false } return { ended, numbers: [a, b, c] } }`
  const start = new Function('weft_spent', 'enter', script)(spent, enter) as (
    isLate: (error: unknown) => boolean,
  ) => { ended: boolean; numbers: number[] }
  const { ended, numbers } = start((error) => error instanceof TooLong)
  return { numbers, isSpent: spent[0] === 1, isEnded: ended, ticks, turns }
}

/** `continuing` becomes what follows a labelled block, and `continue` leaves that block. */
function translate(text: string): string {
  const words = readTokens(text.replace(/@group.*array<u32, 1>;/, '').replaceAll('var<private>', 'var'))
    .map((token) => token.text)
    .join('')
    .split(/(==|!=|<=|>=|\+\+|\w+|\S)/)
    .filter((word) => word.trim() !== '')
  const open: string[] = []
  const labels: number[] = []
  let [script, depth, loops] = ['', 0, 0]
  let pending = ''
  for (let place = 0; place < words.length; place += 1) {
    const word = words[place] ?? ''
    const inner = open.findLast((kind) => kind !== 'block')
    if (word === 'fn') script += ' function '
    else if (/^\d+u$/.test(word)) script += ` ${word.slice(0, -1)} `
    else if (word === 'var') script += depth === 0 ? ' var ' : ' let '
    else if (word === 'loop' || word === 'for' || word === 'while') {
      pending = word
      script += word === 'loop' ? ' for (;;) ' : ` ${word} ${word === 'while' ? '(' : ''}`
    } else if (word === 'continue') script += inner === 'loop' ? ` break body${labels.at(-1)} ` : ' continue '
    else if (word === 'break' && words[place + 1] === 'if') {
      const end = words.indexOf(';', place)
      script += ` if (${words
        .slice(place + 2, end)
        .join(' ')
        .replace(/(\d+)u/g, '$1')}) break `
      place = end - 1
    } else if (word === 'continuing') {
      script += '} '
      labels.pop()
      open[open.lastIndexOf('loop')] = 'continued'
    } else if (word === '{') {
      const kind = depth === 0 ? 'function' : pending || 'block'
      depth += 1
      open.push(kind)
      if (kind === 'function') script += '{ const turn = enter(); '
      else if (kind === 'block') script += '{'
      else {
        loops += 1
        if (kind === 'loop') labels.push(loops)
        script += `${kind === 'while' ? ')' : ''} { turn(${loops}); ${kind === 'loop' ? `body${loops}: {` : ''}`
      }
      pending = ''
    } else if (word === '}') {
      depth -= 1
      const isBody = open.pop() === 'loop'
      if (isBody) labels.pop()
      script += isBody ? '}}' : '}'
    } else script += ` ${word}`
  }
  return script
}
