import type { Fd } from '@bjorn3/browser_wasi_shim'
import { WASI, wasi } from '@bjorn3/browser_wasi_shim'
import { FUEL_EXPORT } from '../meter/meter-wasm.ts'
import { Clock } from './clock.ts'
import { ErrorDescriptor, FileDescriptor, rights } from './descriptor.ts'
import { DirectoryDescriptor } from './directory.ts'
import { randomFrom } from './random.ts'
import { DirectoryEntry, Errno, FileEntry, Tree } from './tree.ts'
import { MAX_PATH_BYTES } from './walk.ts'

/** A file that is there when the program starts; `path` begins with `/`. */
export type WasiFile = { readonly path: string; readonly content: Uint8Array<ArrayBuffer> }
/** What a program gets for one unit. `env` holds `name=value`; time and random numbers follow from the first 20 bytes of `seed`. */
export type WasiCall = {
  readonly args: readonly string[]
  readonly env: readonly string[]
  readonly stdin: Uint8Array<ArrayBuffer>
  readonly files: readonly WasiFile[]
  readonly seed: Uint8Array
  /** The most bytes that it may write to its standard output. */
  readonly outputBytes: number
}

/** The most descriptors that may be open at a time. */
const MAX_OPEN = 1_024
/** What a call of a function costs in instructions; each 8 bytes that it moves in all cost one more. */
const CALL_COST = 100
const BYTES_PER_INSTRUCTION = 8

/** The world of one program in one unit: files, descriptors, time. Nothing of it is outside this object. */
export class Host {
  readonly shim: WASI
  readonly clock: Clock
  readonly random: (bytes: Uint8Array) => void
  readonly tree: Tree
  readonly stdout: FileEntry
  readonly stderr: FileEntry
  #exports: WebAssembly.Exports = {}
  /** The bytes that the current call has moved. */
  #moved = 0

  constructor({ args, env, stdin, files, seed, outputBytes }: WasiCall) {
    this.clock = new Clock(new DataView(seed.buffer, seed.byteOffset).getUint32(16, true))
    this.random = randomFrom(seed)
    this.tree = new Tree({ now: () => this.clock.shown(true), work: (bytes) => this.work(bytes) })
    for (const file of files) place(this.tree.root, file)
    this.stdout = new FileEntry(this.tree, undefined, outputBytes)
    this.stderr = new FileEntry(this.tree)
    const root = { base: rights.all, inheriting: rights.all }
    this.shim = new WASI(
      [...args],
      [...env],
      [
        new FileDescriptor(new FileEntry(this.tree, stdin), rights.all & ~rights.write),
        new FileDescriptor(this.stdout, rights.all & ~rights.read),
        new ErrorDescriptor(this.stderr, rights.all & ~rights.read),
        new DirectoryDescriptor(this.tree.root, root, { preopened: '/' }),
      ],
      { debug: false },
    )
  }

  /** Takes the instance of the program, whose memory the functions use. */
  attach({ exports }: WebAssembly.Instance): void {
    const { memory } = exports
    if (!(memory instanceof WebAssembly.Memory)) throw new Error('the program exports no memory')
    this.#exports = exports
    this.shim.inst = { exports: { memory } }
  }

  /** The memory of the program; it is another one after the program has let it grow. */
  get view(): DataView<ArrayBuffer> {
    return new DataView(this.shim.inst.exports.memory.buffer as ArrayBuffer)
  }

  /** Part of the memory. Throws `RangeError`, which ends the unit, where it leaves the memory. */
  bytes(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.view.buffer, pointer >>> 0, length >>> 0)
  }

  /** A path or the like that the program gave. */
  text(pointer: number, length: number): string {
    if (length >>> 0 > MAX_PATH_BYTES) throw new Errno(wasi.ERRNO_NAMETOOLONG)
    this.work(length)
    return new TextDecoder().decode(this.bytes(pointer, length))
  }

  /** Takes the price of moving bytes. Ends the unit when its instructions are used up. */
  work(bytes: number): void {
    const before = Math.floor(this.#moved / BYTES_PER_INSTRUCTION)
    this.#moved += bytes
    this.#spend(Math.floor(this.#moved / BYTES_PER_INSTRUCTION) - before)
  }

  /** Takes the price of a call. */
  call(): void {
    this.#moved = 0
    this.#spend(CALL_COST)
  }

  /** The descriptor of a number. Throws `BADF`. */
  descriptor(fd: number): Fd {
    const found: Fd | undefined = this.shim.fds[fd]
    if (found === undefined) throw new Errno(wasi.ERRNO_BADF)
    return found
  }

  /** The directory of a number. Throws `BADF` or `NOTDIR`. */
  directory(fd: number): DirectoryDescriptor {
    const found = this.descriptor(fd)
    if (!(found instanceof DirectoryDescriptor)) throw new Errno(wasi.ERRNO_NOTDIR)
    return found
  }

  /** The lowest number that is free. Throws `MFILE`. */
  freeNumber(): number {
    const fds: readonly (Fd | undefined)[] = this.shim.fds
    for (let fd = 0; fd < MAX_OPEN; fd += 1) if (fds[fd] === undefined) return fd
    throw new Errno(wasi.ERRNO_MFILE)
  }

  /** What the program has left in a file, if there is such a file. */
  file(path: string): Uint8Array<ArrayBuffer> | undefined {
    let entry: unknown = this.tree.root
    for (const name of path.split('/').filter((part) => part !== ''))
      entry = entry instanceof DirectoryEntry ? entry.children.get(name) : undefined
    return entry instanceof FileEntry ? entry.content : undefined
  }

  #spend(amount: number): void {
    const fuel = this.#exports[FUEL_EXPORT]
    if (!(fuel instanceof WebAssembly.Global)) return
    fuel.value -= BigInt(amount)
    if (fuel.value < 0n) throw new Error('the fuel is used up')
  }
}

function place(root: DirectoryEntry, { path, content }: WasiFile): void {
  const names = path.split('/').filter((part) => part !== '')
  let directory = root
  for (const name of names.slice(0, -1)) {
    const found = directory.children.get(name)
    const next = found instanceof DirectoryEntry ? found : new DirectoryEntry(root.tree, directory)
    if (next !== found) directory.put(name, next)
    directory = next
  }
  directory.put(names.at(-1) ?? '', new FileEntry(root.tree, content))
}
