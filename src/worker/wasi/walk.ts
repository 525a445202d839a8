import { wasi } from '@bjorn3/browser_wasi_shim'
import type { Entry } from './tree.ts'
import { DirectoryEntry, Errno, LinkEntry } from './tree.ts'

/**
 * Where a path leads: the directory and the name in it, and what has that name, if anything. Without a `parent` it is the
 * directory that the walk began at, or one above the last name. `isDirectory`: the path ends as only those of directories do.
 */
export type Place = {
  readonly parent: DirectoryEntry | undefined
  readonly name: string
  readonly entry: Entry | undefined
  readonly isDirectory: boolean
}

/** The most bytes that a path may have, and one name in it. */
export const MAX_PATH_BYTES = 4_096
const MAX_NAME_BYTES = 255
const MAX_LINKS = 32

/**
 * Walks along a path that begins at a directory and never leads above it. A link is followed on the way, at the end only if asked for.
 * Throws `Errno` with `NOTCAPABLE` for a way out, and `NOENT`, `NOTDIR`, `LOOP`, `NAMETOOLONG`, `INVAL` or `ILSEQ`.
 */
export function walk(start: DirectoryEntry, path: string, follow: boolean): Place {
  const above = [start]
  const names: string[] = []
  let linkCount = 0
  let isDirectory = push(names, path)
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const parent = above.at(-1) ?? start
    if (name === '..') {
      if (above.length === 1) throw new Errno(wasi.ERRNO_NOTCAPABLE)
      above.pop()
      continue
    }
    const entry = parent.children.get(name)
    const isLast = names.length === 0
    if (entry instanceof LinkEntry && (!isLast || follow || isDirectory)) {
      linkCount += 1
      if (linkCount > MAX_LINKS) throw new Errno(wasi.ERRNO_LOOP)
      entry.tree.ports.work(entry.size)
      isDirectory = push(names, entry.target) || isDirectory
      continue
    }
    if (isLast) {
      if (isDirectory && entry !== undefined && !(entry instanceof DirectoryEntry))
        throw new Errno(wasi.ERRNO_NOTDIR)
      return { parent, name, entry, isDirectory }
    }
    if (entry === undefined) throw new Errno(wasi.ERRNO_NOENT)
    if (!(entry instanceof DirectoryEntry)) throw new Errno(wasi.ERRNO_NOTDIR)
    above.push(entry)
  }
  return { parent: undefined, name: '.', entry: above.at(-1), isDirectory: true }
}

/** Puts the names of a path on the stack of those to walk, and tells whether the path ends as only those of directories do. */
function push(stack: string[], path: string): boolean {
  if (path === '') throw new Errno(wasi.ERRNO_NOENT)
  if (path.startsWith('/')) throw new Errno(wasi.ERRNO_NOTCAPABLE)
  if (path.includes('\0')) throw new Errno(wasi.ERRNO_INVAL)
  // The decoder puts this character in the place of what is no UTF-8.
  if (path.includes('\ufffd')) throw new Errno(wasi.ERRNO_ILSEQ)
  const parts = path.split('/')
  for (const part of parts.toReversed()) {
    if (part.length > MAX_NAME_BYTES) throw new Errno(wasi.ERRNO_NAMETOOLONG)
    if (part !== '' && part !== '.') stack.push(part)
  }
  return ['', '.', '..'].includes(parts.at(-1) ?? '')
}
