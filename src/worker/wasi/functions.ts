import { wasi } from '@bjorn3/browser_wasi_shim'
import type { Host } from './host.ts'
import { wasiFunctions } from './imports.ts'
import type { Offered } from './own-functions.ts'
import { ownFunctions } from './own-functions.ts'
import { Errno, MAX_FILE_BYTES } from './tree.ts'
import { MAX_PATH_BYTES } from './walk.ts'

const MAX_VECTORS = 1_024
/** Functions of the shim that take a path: which argument is its length. */
const PATH_LENGTHS: Readonly<Record<string, number>> = {
  path_create_directory: 2,
  path_filestat_get: 3,
  path_filestat_set_times: 3,
  path_remove_directory: 2,
  path_unlink_file: 2,
}
/** Functions of the shim that take a list of pieces of memory, as second and third argument. */
const LISTS = ['fd_read', 'fd_pread', 'fd_write', 'fd_pwrite']

/**
 * The functions that a program may import: those of the shim, with ours in the place of what the shim leaves out, does
 * otherwise than the specification, or would ask of the machine outside. What the program may handle is an error number;
 * anything else ends the unit.
 */
export function functionsOf(host: Host): WebAssembly.ModuleImports {
  const own = ownFunctions(host)
  return Object.fromEntries(
    [...wasiFunctions.keys()].map((name) => {
      const run: Offered | undefined = own[name] ?? host.shim.wasiImport[name]
      if (run === undefined) throw new Error(`there is no function ${name}`)
      return [name, offer(host, name, run)]
    }),
  )
}

function offer(host: Host, name: string, run: Offered): Offered {
  return (...args) => {
    host.call()
    try {
      checkSizes(host, name, args)
      const code = run(...args)
      // The shim says this of what a descriptor of this kind has not.
      if (code === wasi.ERRNO_NOTSUP) return name.startsWith('path_') ? wasi.ERRNO_NOTDIR : wasi.ERRNO_BADF
      return code
    } catch (error) {
      if (error instanceof Errno) return error.code
      throw error
    }
  }
}

/** Bounds what the shim would copy before anything of ours sees its size, and takes the price of what comes from the program. */
function checkSizes(host: Host, name: string, args: readonly number[]): void {
  const length = args[PATH_LENGTHS[name] ?? -1]
  if (length !== undefined) {
    if (length >>> 0 > MAX_PATH_BYTES) throw new Errno(wasi.ERRNO_NAMETOOLONG)
    host.work(length)
  }
  if (!LISTS.includes(name)) return
  const [, pointer = 0, count = 0] = args
  if (count >>> 0 > MAX_VECTORS) throw new Errno(wasi.ERRNO_INVAL)
  if (!name.endsWith('write')) return
  let total = 0
  for (let index = 0; index < count; index += 1)
    total += host.view.getUint32((pointer >>> 0) + 8 * index + 4, true)
  if (total > MAX_FILE_BYTES) throw new Errno(wasi.ERRNO_INVAL)
  host.work(total)
}
