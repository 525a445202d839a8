import { wasi } from '@bjorn3/browser_wasi_shim'
import type { Rights } from './descriptor.ts'
import { Descriptor, FileDescriptor, readRights, rights, setTimes, statOf } from './descriptor.ts'
import type { Entry } from './tree.ts'
import { DirectoryEntry, Errno, FileEntry, LinkEntry } from './tree.ts'
import type { Place } from './walk.ts'
import { MAX_PATH_BYTES, walk } from './walk.ts'

const FOLLOW = 1
/** How a path is to be opened: flags of WASI, and the rights that are asked for. */
export type Opening = { lookup: number; open: number; flags: number; base: bigint; inheriting: bigint }

/** An open directory. Paths begin at it and never lead above it. Its methods throw `Errno`. */
export class DirectoryDescriptor extends Descriptor {
  readonly entry: DirectoryEntry
  readonly #preopened: string | undefined
  #listing: (readonly [string, Entry])[] = []

  constructor(
    entry: DirectoryEntry,
    granted: Rights,
    { flags = 0, preopened }: { flags?: number; preopened?: string } = {},
  ) {
    super({ base: granted.base & rights.ofDirectories, inheriting: granted.inheriting }, flags)
    this.entry = entry
    this.#preopened = preopened
    entry.openCount += 1
  }

  override fd_prestat_get(): { ret: number; prestat: wasi.Prestat | null } {
    if (this.#preopened === undefined) throw new Errno(wasi.ERRNO_BADF)
    return { ret: 0, prestat: wasi.Prestat.dir(this.#preopened) }
  }

  /** A listing begins with `.` and `..`, and stays as it was when its first entry was read. */
  override fd_readdir_single(cookie: bigint): { ret: number; dirent: wasi.Dirent | null } {
    if (cookie === 0n || this.#listing.length === 0) this.#list()
    const found = this.#listing[Number(BigInt.asUintN(32, cookie))]
    if (found === undefined) return { ret: 0, dirent: null }
    const [name, entry] = found
    const dirent = new wasi.Dirent(cookie + 1n, entry.ino, name, entry.type)
    this.entry.tree.ports.work(dirent.head_length() + dirent.name_length())
    return { ret: 0, dirent }
  }

  override path_filestat_get(lookup: number, path: string): { ret: number; filestat: wasi.Filestat } {
    return { ret: 0, filestat: statOf(this.#find(path, lookup)) }
  }

  override path_filestat_set_times(lookup: number, path: string, ...times: [bigint, bigint, number]): number {
    const [accessed, modified, flags] = times
    setTimes(this.#find(path, lookup), { accessed, modified, flags })
    return 0
  }

  override path_create_directory(path: string): number {
    const { parent, name, entry } = this.#walk(path, 0)
    if (parent === undefined || entry !== undefined) throw new Errno(wasi.ERRNO_EXIST)
    parent.put(name, new DirectoryEntry(this.entry.tree, parent))
    return 0
  }

  override path_remove_directory(path: string): number {
    const { parent, name, entry } = this.#walk(path, 0)
    if (parent === undefined) throw new Errno(wasi.ERRNO_INVAL)
    if (entry === undefined) throw new Errno(wasi.ERRNO_NOENT)
    if (!(entry instanceof DirectoryEntry)) throw new Errno(wasi.ERRNO_NOTDIR)
    if (entry.children.size > 0) throw new Errno(wasi.ERRNO_NOTEMPTY)
    parent.remove(name)
    return 0
  }

  override path_unlink_file(path: string): number {
    const { parent, name, entry } = this.#walk(path, 0)
    if (parent === undefined || entry instanceof DirectoryEntry) throw new Errno(wasi.ERRNO_ISDIR)
    if (entry === undefined) throw new Errno(wasi.ERRNO_NOENT)
    parent.remove(name)
    return 0
  }

  /** Opens what a path leads to, and creates it when asked to. */
  open(path: string, { lookup, open, flags, base, inheriting }: Opening): Descriptor {
    const has = (flag: number): boolean => (open & flag) !== 0
    const entry = this.#openable(this.#walk(path, lookup), has)
    const wanted = readRights(base, inheriting)
    const granted = {
      base: wanted.base & this.rights.inheriting,
      inheriting: wanted.inheriting & this.rights.inheriting,
    }
    if (entry instanceof DirectoryEntry) {
      if ((wanted.base & rights.write) !== 0) throw new Errno(wasi.ERRNO_ISDIR)
      return new DirectoryDescriptor(entry, granted, { flags })
    }
    if (has(wasi.OFLAGS_DIRECTORY)) throw new Errno(wasi.ERRNO_NOTDIR)
    if (has(wasi.OFLAGS_TRUNC)) {
      if ((this.rights.base & rights.pathResize) === 0) throw new Errno(wasi.ERRNO_NOTCAPABLE)
      entry.resize(0)
    }
    return new FileDescriptor(entry, granted.base, flags)
  }

  /** Gives a file a second name. */
  link(from: { path: string; lookup: number }, to: DirectoryDescriptor, path: string): void {
    if ((from.lookup & FOLLOW) !== 0) throw new Errno(wasi.ERRNO_INVAL)
    const entry = this.#find(from.path, 0)
    if (entry instanceof DirectoryEntry) throw new Errno(wasi.ERRNO_PERM)
    const { parent, name } = to.#vacant(path)
    parent.put(name, entry)
    entry.linkCount += 1
  }

  /** Makes a symbolic link; one that leads out by its first character is refused. */
  symlink(target: string, path: string): void {
    if (target === '') throw new Errno(wasi.ERRNO_NOENT)
    if (target.startsWith('/')) throw new Errno(wasi.ERRNO_NOTCAPABLE)
    const { parent, name } = this.#vacant(path)
    parent.put(name, new LinkEntry(this.entry.tree, target))
  }

  /** Where a symbolic link leads. */
  readlink(path: string): string {
    const entry = this.#find(path, 0)
    if (!(entry instanceof LinkEntry)) throw new Errno(wasi.ERRNO_INVAL)
    return entry.target
  }

  /** Gives an entry another name, in the place of a file or an empty directory that has it. */
  rename(from: string, to: DirectoryDescriptor, path: string): void {
    const source = this.#walk(from, 0)
    const target = to.#walk(path, 0)
    const { entry } = source
    if (entry === undefined) throw new Errno(wasi.ERRNO_NOENT)
    if (source.parent === undefined || target.parent === undefined) throw new Errno(wasi.ERRNO_BUSY)
    if (entry === target.entry) return
    if (entry instanceof DirectoryEntry) {
      if (target.entry !== undefined && !(target.entry instanceof DirectoryEntry))
        throw new Errno(wasi.ERRNO_NOTDIR)
      if (target.entry !== undefined && target.entry.children.size > 0) throw new Errno(wasi.ERRNO_NOTEMPTY)
      for (let up: DirectoryEntry | undefined = target.parent; up !== undefined; up = up.parent)
        if (up === entry) throw new Errno(wasi.ERRNO_INVAL)
    } else if (target.entry instanceof DirectoryEntry) throw new Errno(wasi.ERRNO_ISDIR)
    else if (target.isDirectory) throw new Errno(wasi.ERRNO_NOTDIR)
    target.parent.put(target.name, entry)
    entry.linkCount += 1
    source.parent.remove(source.name)
    if (entry instanceof DirectoryEntry) entry.parent = target.parent
  }

  #walk(path: string, lookup: number): Place {
    if (path.length > MAX_PATH_BYTES) throw new Errno(wasi.ERRNO_NAMETOOLONG)
    return walk(this.entry, path, (lookup & FOLLOW) !== 0)
  }

  #find(path: string, lookup: number): Entry {
    const { entry } = this.#walk(path, lookup)
    if (entry === undefined) throw new Errno(wasi.ERRNO_NOENT)
    return entry
  }

  /** Where something new can be, that is no directory. */
  #vacant(path: string): { parent: DirectoryEntry; name: string } {
    const { parent, name, entry, isDirectory } = this.#walk(path, 0)
    if (parent === undefined || entry !== undefined) throw new Errno(wasi.ERRNO_EXIST)
    if (isDirectory) throw new Errno(wasi.ERRNO_NOENT)
    return { parent, name }
  }

  #openable(
    { parent, name, entry, isDirectory }: Place,
    has: (flag: number) => boolean,
  ): FileEntry | DirectoryEntry {
    if (entry instanceof LinkEntry) throw new Errno(wasi.ERRNO_LOOP)
    if (entry !== undefined) {
      if (has(wasi.OFLAGS_CREAT) && has(wasi.OFLAGS_EXCL)) throw new Errno(wasi.ERRNO_EXIST)
      return entry
    }
    if (!has(wasi.OFLAGS_CREAT) || parent === undefined) throw new Errno(wasi.ERRNO_NOENT)
    if (isDirectory) throw new Errno(wasi.ERRNO_ISDIR)
    if (has(wasi.OFLAGS_DIRECTORY)) throw new Errno(wasi.ERRNO_INVAL)
    const created = new FileEntry(this.entry.tree)
    parent.put(name, created)
    return created
  }

  #list(): void {
    const { entry } = this
    this.#listing = [['.', entry], ['..', entry.parent ?? entry], ...entry.children]
    entry.tree.ports.work(8 * this.#listing.length)
  }
}
