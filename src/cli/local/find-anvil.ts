import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { Failure } from '../../protocol/failure.ts'

/** Finds the program `anvil`: FOUNDRY_ANVIL, the package of this platform, PATH. Throws `unreachable` with the ways out. */
export function findAnvil(env: NodeJS.ProcessEnv = process.env): string {
  const named = env.FOUNDRY_ANVIL
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return named
    throw new Failure('unreachable', `FOUNDRY_ANVIL names ${named}, which is not a program that can be run`)
  }
  const found = [packaged(), ...(env.PATH ?? '').split(delimiter).map((folder) => join(folder, exe('anvil')))]
  const program = found.find((file) => file !== undefined && isProgram(file))
  if (program !== undefined) return program
  throw new Failure(
    'unreachable',
    'The local chain needs the program "anvil" (Foundry), and there is no package of it for ' +
      `${process.platform}-${process.arch}. Install Foundry (https://getfoundry.sh) so that anvil is on PATH, ` +
      'or name it with FOUNDRY_ANVIL=/path/to/anvil.',
  )
}

function packaged(): string | undefined {
  const machine = process.arch === 'x64' ? 'amd64' : process.arch
  const name = `@foundry-rs/anvil-${process.platform}-${machine}/package.json`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), 'bin', exe('anvil'))
  } catch {
    return undefined // not a platform that has a package
  }
}

function exe(name: string): string {
  return process.platform === 'win32' ? `${name}.exe` : name
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
