import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

type Run = { readonly code: number | null; readonly out: string; readonly errors: string }

function weft(...args: string[]): Promise<Run> {
  const all = ['--import', 'tsx', join(import.meta.dirname, 'weft.ts'), ...args]
  return new Promise((resolve) => {
    const child = execFile(process.execPath, all, (_, out, errors) => {
      resolve({ code: child.exitCode, out, errors })
    })
  })
}

test('help names the verbs and the exit codes', async () => {
  const { code, out } = await weft('--help')
  expect(code).toBe(0)
  expect(out).toContain('run a whole network on this machine')
  expect(out).toContain('Exit codes: 0 done, 1 failed, 2 something given to the command is wrong.')
})

test.each([
  [['upp'], "error: unknown command 'upp'\n(Did you mean up?)\n"],
  [['up', '--prot', '1'], "error: unknown option '--prot'\n(Did you mean --port?)\n"],
  [
    ['up', '--port', '99999'],
    "error: option '--port <port>' argument '99999' is invalid. Give a whole number from 0 (any free port) to 65535.\n",
  ],
])('bad input %j ends with code 2 and one clear line', async (args, errors) => {
  expect(await weft(...args)).toEqual({ code: 2, out: '', errors })
})

test('what fails is said in one line, and shown with its stack with --debug', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weft-up-'))
  await writeFile(join(folder, 'thesis.txt'), '')
  const [plain, debug] = await Promise.all([
    weft('up', '--data', folder),
    weft('up', '--debug', '--data', folder),
  ])
  const line = `${folder} holds files that are not a network's. Use an empty folder with --data DIR.`
  expect(plain).toEqual({
    code: 1,
    out: `Starting a network; its data is in ${folder}\n`,
    errors: `weft: ${line}\n`,
  })
  expect(debug.errors).toMatch(/\n {4}at async holdFolder /)
  await rm(folder, { recursive: true })
})
