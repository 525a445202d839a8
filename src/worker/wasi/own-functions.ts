import { wasi } from '@bjorn3/browser_wasi_shim'
import type { Host } from './host.ts'
import { poll } from './poll.ts'
import { Errno } from './tree.ts'

/** A function as the engine calls it. Arguments of 64 bits come as bigint, which `BigInt` takes like numbers. */
export type Offered = (...args: number[]) => unknown
type Functions = Readonly<Record<string, Offered>>

const POINTER_BYTES = 4

/** The functions that stand in the place of those of the shim. */
export function ownFunctions(host: Host): Functions {
  const { args, env } = host.shim
  const given = { ...texts(host, 'args', args), ...texts(host, 'environ', env) }
  return { ...given, ...surroundings(host), ...descriptors(host), ...paths(host) }
}

/** Arguments or variables, which are the texts of a list with a zero after each. The shim counts UTF-16 units where bytes belong. */
function texts(host: Host, name: 'args' | 'environ', list: readonly string[]): Functions {
  const size = list.reduce((sum, text) => sum + new TextEncoder().encode(text).length + 1, 0)
  return {
    [`${name}_sizes_get`]: (count = 0, bytes = 0) => {
      host.view.setUint32(count >>> 0, list.length, true)
      host.view.setUint32(bytes >>> 0, size, true)
      return 0
    },
    [`${name}_get`]: (pointers = 0, bytes = 0) => {
      host.work(POINTER_BYTES * list.length + size)
      return host.shim.wasiImport[`${name}_get`]?.(pointers, bytes)
    },
  }
}

function surroundings(host: Host): Functions {
  const { clock } = host
  const isReal = (id: number): boolean => {
    if (id >>> 0 > wasi.CLOCKID_THREAD_CPUTIME_ID) throw new Errno(wasi.ERRNO_INVAL)
    return id === wasi.CLOCKID_REALTIME
  }
  return {
    clock_res_get: (id = 0, pointer = 0) => {
      isReal(id)
      host.view.setBigUint64(pointer >>> 0, clock.resolution, true)
      return 0
    },
    clock_time_get: (...[id = 0, _precision = 0, pointer = 0]) => {
      host.view.setBigUint64(pointer >>> 0, clock.read(isReal(id)), true)
      return 0
    },
    poll_oneoff: (...[input = 0, output = 0, count = 0, size = 0]) => {
      host.view.setUint32(size >>> 0, poll(host, { input, output, count: count >>> 0 }), true)
      return 0
    },
    proc_raise: (signal) => {
      throw new Error(`the program raised signal ${signal}`)
    },
    random_get: (pointer = 0, length = 0) => {
      host.work(length >>> 0)
      host.random(host.bytes(pointer, length))
      return 0
    },
  }
}

function descriptors(host: Host): Functions {
  return {
    fd_advise: (...[fd = 0, _offset = 0, _length = 0, advice = 0]) => {
      if (advice >>> 0 > wasi.ADVICE_NOREUSE) throw new Errno(wasi.ERRNO_INVAL)
      return host.descriptor(fd).fd_tell().ret
    },
    fd_renumber: (from = 0, to = 0) => {
      const moved = host.descriptor(from)
      const replaced = host.descriptor(to)
      if (from === to) return 0
      replaced.fd_close()
      host.shim.fds[to] = moved
      delete host.shim.fds[from]
      return 0
    },
  }
}

function paths(host: Host): Functions {
  return {
    path_link: (...[fd = 0, lookup = 0, at = 0, length = 0, toFd = 0, toAt = 0, toLength = 0]) => {
      const from = { path: host.text(at, length), lookup }
      host.directory(fd).link(from, host.directory(toFd), host.text(toAt, toLength))
      return 0
    },
    path_open: (
      ...[fd = 0, lookup = 0, at = 0, length = 0, open = 0, base = 0, inheriting = 0, flags = 0, out = 0]
    ) => {
      const number = host.freeNumber()
      host.shim.fds[number] = host.directory(fd).open(host.text(at, length), {
        ...{ lookup, open, flags },
        ...{ base: BigInt(base), inheriting: BigInt(inheriting) },
      })
      host.view.setUint32(out >>> 0, number, true)
      return 0
    },
    path_readlink: (...[fd = 0, at = 0, length = 0, buffer = 0, size = 0, out = 0]) => {
      const target = new TextEncoder().encode(host.directory(fd).readlink(host.text(at, length)))
      const part = target.subarray(0, size >>> 0)
      host.work(part.length)
      host.bytes(buffer, part.length).set(part)
      host.view.setUint32(out >>> 0, part.length, true)
      return 0
    },
    path_rename: (...[fd = 0, at = 0, length = 0, toFd = 0, toAt = 0, toLength = 0]) => {
      host.directory(fd).rename(host.text(at, length), host.directory(toFd), host.text(toAt, toLength))
      return 0
    },
    path_symlink: (...[at = 0, length = 0, fd = 0, toAt = 0, toLength = 0]) => {
      host.directory(fd).symlink(host.text(at, length), host.text(toAt, toLength))
      return 0
    },
  }
}
