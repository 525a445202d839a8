import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Failure } from '../protocol/failure.ts'

/** The folder of the project, found upward from this file, which runs from `src` and, built, from `dist`. */
export function projectFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) throw new Failure('storage', 'The folder of the project was not found')
  }
}

/** The folder of the built web app. */
export function webFolder(): string {
  return join(projectFolder(), 'dist/web')
}

/** The version of the project. */
export function projectVersion(): string {
  const { version } = JSON.parse(readFileSync(join(projectFolder(), 'package.json'), 'utf8')) as {
    version: string
  }
  return version
}
