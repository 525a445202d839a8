import { wasi } from '@bjorn3/browser_wasi_shim'
import { Failure } from '../../protocol/failure.ts'

/** An error number of WASI: thrown where it is found, and given to the program that called. */
export class Errno {
  readonly code: number

  constructor(code: number) {
    this.code = code
  }
}

/** What a unit may write into files beyond what they hold at the start, in bytes; and what they may hold then, with its standard input. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024
/** How many files, directories and links a unit may have at a time. */
const MAX_ENTRIES = 16_384

export type Entry = FileEntry | DirectoryEntry | LinkEntry
/** What a tree asks of its unit: the time, in nanoseconds, and to be paid for bytes that it moves. */
export type TreePorts = { now(): bigint; work(bytes: number): void }

/** The files of one unit, in memory. It counts what they take, so that no program can take all memory of the machine. */
export class Tree {
  readonly ports: TreePorts
  readonly root: DirectoryEntry
  #inodes = 0n
  #entries = 0
  #freeBytes = MAX_FILE_BYTES

  constructor(ports: TreePorts) {
    this.ports = ports
    this.root = new DirectoryEntry(this, undefined)
  }

  /** Counts a new entry and numbers it. Throws `NOSPC` when there are too many. */
  enter(): bigint {
    if (this.#entries >= MAX_ENTRIES) throw new Errno(wasi.ERRNO_NOSPC)
    this.#entries += 1
    this.#inodes += 1n
    return this.#inodes
  }

  /** Takes so many bytes more, or gives them back if they are negative. Throws `NOSPC`. */
  take(bytes: number): void {
    if (bytes > this.#freeBytes) throw new Errno(wasi.ERRNO_NOSPC)
    this.#freeBytes -= bytes
  }

  /** Forgets an entry that nothing refers to any more. */
  leave(entry: Entry): void {
    this.#entries -= 1
    if (entry instanceof FileEntry) this.take(-entry.size)
    if (entry instanceof LinkEntry) this.take(-entry.target.length)
  }
}

/** What the three kinds of entries share. */
abstract class Inode {
  abstract readonly type: number
  readonly tree: Tree
  readonly ino: bigint
  /** How many names it has, and how many descriptors are open on it. */
  linkCount = 1
  openCount = 0
  accessed: bigint
  modified: bigint

  constructor(tree: Tree) {
    this.tree = tree
    this.ino = tree.enter()
    this.accessed = tree.ports.now()
    this.modified = this.accessed
  }
}

/** A regular file. With a `limit` in bytes, growing beyond it ends the unit. */
export class FileEntry extends Inode {
  readonly type = wasi.FILETYPE_REGULAR_FILE
  readonly #limit: number
  #data: Uint8Array<ArrayBuffer>
  size: number

  constructor(tree: Tree, data = new Uint8Array(0), limit = Number.POSITIVE_INFINITY) {
    super(tree)
    this.#data = data
    this.#limit = limit
    this.size = data.length
  }

  /** A copy of all its bytes. */
  get content(): Uint8Array<ArrayBuffer> {
    return this.#data.slice(0, this.size)
  }

  /** The bytes from `at` on, at most `count`. */
  read(at: number, count: number): Uint8Array {
    const end = Math.min(at + count, this.size)
    if (at >= end) return new Uint8Array(0)
    this.tree.ports.work(end - at)
    return this.#data.subarray(at, end)
  }

  /** Writes bytes, which are paid for, at a place; what lies between it and the end becomes zeros. */
  write(at: number, bytes: Uint8Array): void {
    const end = at + bytes.length
    if (end > this.size) this.#resize(end, Math.max(0, at - this.size))
    this.#data.set(bytes, at)
    this.modified = this.tree.ports.now()
  }

  /** Cuts the file, or adds zeros. Throws `NOSPC`, and `oversized` beyond the limit of the file. */
  resize(size: number): void {
    this.#resize(size, Math.abs(size - this.size))
  }

  /** Takes the price of so many zeros. */
  #resize(size: number, zeros: number): void {
    if (size > this.#limit)
      throw new Failure('oversized', `the output has more bytes than the limit of ${this.#limit}`)
    this.tree.take(size - this.size)
    this.tree.ports.work(zeros)
    if (size > this.#data.length) {
      const grown = new Uint8Array(
        Math.max(size, Math.min(2 * this.#data.length, this.size + MAX_FILE_BYTES)),
      )
      grown.set(this.#data.subarray(0, this.size))
      this.#data = grown
    } else this.#data.fill(0, size, this.size)
    this.size = size
    this.modified = this.tree.ports.now()
  }
}

/** A directory; without a parent it is the root. */
export class DirectoryEntry extends Inode {
  readonly type = wasi.FILETYPE_DIRECTORY
  readonly size = 0
  readonly children = new Map<string, Entry>()
  parent: DirectoryEntry | undefined

  constructor(tree: Tree, parent: DirectoryEntry | undefined) {
    super(tree)
    this.parent = parent
  }

  /** Gives an entry a name, in the place of what has it. Throws `NOENT` in a directory that was removed. */
  put(name: string, entry: Entry): void {
    if (this.linkCount === 0) throw new Errno(wasi.ERRNO_NOENT)
    this.remove(name)
    this.children.set(name, entry)
    this.modified = this.tree.ports.now()
  }

  /** Takes a name away; an entry without a name lives on while it is open. */
  remove(name: string): void {
    const entry = this.children.get(name)
    if (entry === undefined) return
    this.children.delete(name)
    entry.linkCount -= 1
    this.modified = this.tree.ports.now()
    forget(entry)
  }
}

/** A symbolic link. */
export class LinkEntry extends Inode {
  readonly type = wasi.FILETYPE_SYMBOLIC_LINK
  readonly target: string

  constructor(tree: Tree, target: string) {
    super(tree)
    this.target = target
    tree.take(target.length)
  }

  get size(): number {
    return this.target.length
  }
}

/** Gives back what an entry took, if it has neither names nor descriptors left. */
export function forget(entry: Entry): void {
  if (entry.linkCount === 0 && entry.openCount === 0) entry.tree.leave(entry)
}
