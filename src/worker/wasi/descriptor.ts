import { Fd, wasi } from '@bjorn3/browser_wasi_shim'
import type { Entry, FileEntry } from './tree.ts'
import { Errno, forget } from './tree.ts'

/** Rights as WASI numbers them, as far as they are told apart. Those of a descriptor never grow. */
export const rights = {
  all: 2 ** 28 - 1,
  ofFiles: 0x08e0_01ff,
  ofDirectories: 0x07bf_fe19,
  read: wasi.RIGHTS_FD_READ,
  write: wasi.RIGHTS_FD_WRITE,
  pathResize: wasi.RIGHTS_PATH_FILESTAT_SET_SIZE,
} as const

/** What a descriptor may do, and what those that are opened through it may. */
export type Rights = { readonly base: number; readonly inheriting: number }

/** Reads rights as they come from a program. */
export function readRights(base: bigint, inheriting: bigint): Rights {
  const low = (bits: bigint): number => Number(BigInt.asUintN(28, bits))
  return { base: low(base), inheriting: low(inheriting) }
}

/** What all descriptors have: an entry, rights and flags. Its methods throw `Errno`. */
export abstract class Descriptor extends Fd {
  abstract readonly entry: Entry
  rights: Rights
  flags: number

  constructor(granted: Rights, flags: number) {
    super()
    this.rights = granted
    this.flags = flags
  }

  override fd_fdstat_get(): { ret: number; fdstat: wasi.Fdstat } {
    const fdstat = new wasi.Fdstat(this.entry.type, this.flags)
    fdstat.fs_rights_base = BigInt(this.rights.base)
    fdstat.fs_rights_inherited = BigInt(this.rights.inheriting)
    return { ret: 0, fdstat }
  }

  override fd_fdstat_set_flags(flags: number): number {
    this.flags = flags & 31
    return 0
  }

  override fd_fdstat_set_rights(base: bigint, inheriting: bigint): number {
    const wanted = readRights(base, inheriting)
    if ((wanted.base & ~this.rights.base) !== 0 || (wanted.inheriting & ~this.rights.inheriting) !== 0)
      throw new Errno(wasi.ERRNO_NOTCAPABLE)
    this.rights = wanted
    return 0
  }

  override fd_filestat_get(): { ret: number; filestat: wasi.Filestat } {
    return { ret: 0, filestat: statOf(this.entry) }
  }

  override fd_filestat_set_times(accessed: bigint, modified: bigint, flags: number): number {
    setTimes(this.entry, { accessed, modified, flags })
    return 0
  }

  override fd_close(): number {
    this.entry.openCount -= 1
    forget(this.entry)
    return 0
  }

  protected need(right: number): void {
    if ((this.rights.base & right) === 0) throw new Errno(wasi.ERRNO_BADF)
  }
}

/** An open file; also what a program has as its standard input and output. */
export class FileDescriptor extends Descriptor {
  readonly entry: FileEntry
  #at = 0

  constructor(entry: FileEntry, base: number, flags = 0) {
    super({ base: base & rights.ofFiles, inheriting: 0 }, flags)
    this.entry = entry
    entry.openCount += 1
  }

  override fd_read(size: number): { ret: number; data: Uint8Array } {
    const { data } = this.fd_pread(size, BigInt(this.#at))
    this.#at += data.length
    return { ret: 0, data }
  }

  override fd_pread(size: number, offset: bigint): { ret: number; data: Uint8Array } {
    this.need(rights.read)
    return { ret: 0, data: this.entry.read(placeOf(offset), size) }
  }

  override fd_write(data: Uint8Array): { ret: number; nwritten: number } {
    const isAppending = (this.flags & wasi.FDFLAGS_APPEND) !== 0
    const at = isAppending ? this.entry.size : this.#at
    this.fd_pwrite(data, BigInt(at))
    this.#at = at + data.length
    return { ret: 0, nwritten: data.length }
  }

  override fd_pwrite(data: Uint8Array, offset: bigint): { ret: number; nwritten: number } {
    this.need(rights.write)
    this.entry.write(placeOf(offset), data)
    return { ret: 0, nwritten: data.length }
  }

  override fd_allocate(offset: bigint, length: bigint): number {
    this.need(rights.write)
    const end = placeOf(offset) + placeOf(length)
    if (end > this.entry.size) this.entry.resize(end)
    return 0
  }

  override fd_filestat_set_size(size: bigint): number {
    this.need(rights.write | wasi.RIGHTS_FD_FILESTAT_SET_SIZE)
    this.entry.resize(placeOf(size))
    return 0
  }

  override fd_seek(offset: bigint, whence: number): { ret: number; offset: bigint } {
    const starts = [0, this.#at, this.entry.size]
    const start = starts[whence]
    if (start === undefined) throw new Errno(wasi.ERRNO_INVAL)
    this.#at = placeOf(BigInt(start) + offset)
    return this.fd_tell()
  }

  override fd_tell(): { ret: number; offset: bigint } {
    return { ret: 0, offset: BigInt(this.#at) }
  }
}

/** What a program has as its standard error: the beginning is kept, the rest is forgotten. */
export class ErrorDescriptor extends FileDescriptor {
  static readonly MAX_BYTES = 4_096

  override fd_write(data: Uint8Array): { ret: number; nwritten: number } {
    super.fd_write(data.subarray(0, Math.max(0, ErrorDescriptor.MAX_BYTES - this.entry.size)))
    return { ret: 0, nwritten: data.length }
  }
}

/** Reads a place in a file. Throws `INVAL` for one that is negative or beyond what numbers hold exactly. */
function placeOf(offset: bigint): number {
  if (offset < 0n || offset > BigInt(Number.MAX_SAFE_INTEGER)) throw new Errno(wasi.ERRNO_INVAL)
  return Number(offset)
}

/** The shim writes times at wrong places of the structure; these are those of the specification. */
class Stat extends wasi.Filestat {
  override write_bytes(view: DataView, pointer: number): void {
    const words = [
      this.dev,
      this.ino,
      BigInt(this.filetype),
      this.nlink,
      this.size,
      this.atim,
      this.mtim,
      this.ctim,
    ]
    for (const [index, word] of words.entries()) view.setBigUint64(pointer + 8 * index, word, true)
  }
}

/** What is known of an entry, as the program sees it. */
export function statOf(entry: Entry): wasi.Filestat {
  const stat = new Stat(entry.ino, entry.type, BigInt(entry.size))
  stat.dev = 1n
  stat.nlink = BigInt(entry.linkCount)
  stat.atim = entry.accessed
  stat.mtim = entry.modified
  stat.ctim = entry.modified
  return stat
}

/** Sets times of an entry as the flags of WASI say. Throws `INVAL` where a time is to be both given and now. */
export function setTimes(
  entry: Entry,
  { accessed, modified, flags }: { accessed: bigint; modified: bigint; flags: number },
): void {
  const has = (flag: number): boolean => (flags & flag) !== 0
  const isBoth = (given: number, now: number): boolean => has(given) && has(now)
  if (
    isBoth(wasi.FSTFLAGS_ATIM, wasi.FSTFLAGS_ATIM_NOW) ||
    isBoth(wasi.FSTFLAGS_MTIM, wasi.FSTFLAGS_MTIM_NOW)
  )
    throw new Errno(wasi.ERRNO_INVAL)
  const now = entry.tree.ports.now()
  if (has(wasi.FSTFLAGS_ATIM)) entry.accessed = BigInt.asUintN(64, accessed)
  if (has(wasi.FSTFLAGS_ATIM_NOW)) entry.accessed = now
  if (has(wasi.FSTFLAGS_MTIM)) entry.modified = BigInt.asUintN(64, modified)
  if (has(wasi.FSTFLAGS_MTIM_NOW)) entry.modified = now
}
