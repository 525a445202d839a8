import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { readInteger, readRecord, readText } from '../../protocol/read.ts'

/** A process, told apart from a later one with the same number by the moment of its birth. */
export type ProcessName = { readonly pid: number; readonly birth: string }

const POLL_MS = 50

/** Names a running process; `undefined` when there is none with this number. */
export function nameProcess(pid: number): ProcessName | undefined {
  const birth = process.platform === 'linux' ? birthFromProc(pid) : birthFromPs(pid)
  return birth === undefined ? undefined : { pid, birth }
}

/** Tells whether the very process that was named still runs. */
export function isRunning(name: ProcessName): boolean {
  return nameProcess(name.pid)?.birth === name.birth
}

/** Ends a process: asks it, and forces it when it is still there after `patienceMs`. */
export async function endProcess(name: ProcessName, patienceMs = 4_000): Promise<void> {
  signalProcess(name, 'SIGTERM')
  const deadline = Date.now() + patienceMs
  while (isRunning(name)) {
    if (Date.now() > deadline) signalProcess(name, 'SIGKILL')
    await sleep(POLL_MS)
  }
}

/** Reads the name of a process. Throws `malformed`. */
export function parseProcessName(value: unknown, path: string): ProcessName {
  const record = readRecord(value, path, ['pid', 'birth'])
  return {
    pid: readInteger(record.pid, `${path}.pid`, [1, 2 ** 31]),
    birth: readText(record.birth, `${path}.birth`),
  }
}

function signalProcess(name: ProcessName, signal: NodeJS.Signals): void {
  if (isRunning(name)) process.kill(name.pid, signal)
}

/** Field 22 of the process's `stat`: ticks since boot. The name in field 2 may hold spaces and brackets. */
function birthFromProc(pid: number): string | undefined {
  const stat = readOrNothing(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields?.[0] === 'Z' ? undefined : fields?.[19]
}

function birthFromPs(pid: number): string | undefined {
  const line = readOrNothing(() =>
    execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }),
  )
  return line?.trim() || undefined
}

function readOrNothing(read: () => string): string | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
