import { readFileSync } from 'node:fs'
import asc from 'assemblyscript/asc'

/** The bytes of a program of the folder `programs`, by its name. */
export function programCode(name: 'survey' | 'words' | 'lua'): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`./${name}.wasm`, import.meta.url)))
}

/** Compiles the AssemblyScript program of the tests: what it does is the first letter of its first argument. */
export async function compileOdd(): Promise<Uint8Array<ArrayBuffer>> {
  const found: { bytes?: Uint8Array } = {}
  const stderr = asc.createMemoryStream()
  const { error } = await asc.main(['odd.ts', '--outFile', 'odd.wasm', ...OPTIONS.split(' ')], {
    stderr,
    readFile: (name) => (name === 'odd.ts' ? ODD : null),
    listFiles: () => [],
    writeFile: (_, contents) => {
      if (typeof contents !== 'string') found.bytes = contents
    },
  })
  if (error !== null || found.bytes === undefined) throw new Error(stderr.toString())
  return new Uint8Array(found.bytes)
}

const OPTIONS = '--optimizeLevel 2 --runtime stub --use abort= --noAssert'

const ODD = `
@external("wasi_snapshot_preview1", "args_get") declare function args_get(list: usize, text: usize): i32
@external("wasi_snapshot_preview1", "fd_read") declare function fd_read(fd: i32, list: usize, count: i32, out: usize): i32
@external("wasi_snapshot_preview1", "fd_write") declare function fd_write(fd: i32, list: usize, count: i32, out: usize): i32
@external("wasi_snapshot_preview1", "fd_seek") declare function fd_seek(fd: i32, offset: i64, whence: i32, out: usize): i32
@external("wasi_snapshot_preview1", "path_open") declare function path_open(fd: i32, look: i32, at: usize, size: i32, open: i32, base: i64, more: i64, flags: i32, out: usize): i32
@external("wasi_snapshot_preview1", "fd_close") declare function fd_close(fd: i32): i32
@external("wasi_snapshot_preview1", "clock_time_get") declare function clock_time_get(id: i32, precision: i64, out: usize): i32
@external("wasi_snapshot_preview1", "random_get") declare function random_get(at: usize, size: i32): i32
@external("wasi_snapshot_preview1", "poll_oneoff") declare function poll_oneoff(list: usize, events: usize, count: i32, out: usize): i32
@external("wasi_snapshot_preview1", "proc_exit") declare function proc_exit(code: i32): void

const room = memory.data(4096, 8)
const iovec = memory.data(16, 8)
const out = memory.data(8, 8)

function send(fd: i32, at: usize, size: u32): i32 {
  store<u32>(iovec, <u32>at)
  store<u32>(iovec + 4, size)
  return fd_write(fd, iovec, 1, out)
}
/** Writes a number and a new line. */
function say(value: u64): void {
  let at = room + 64
  store<u8>(--at, 10)
  do { store<u8>(--at, <u8>(48 + value % 10)); value /= 10 } while (value)
  send(1, at, <u32>(room + 64 - at))
}
/** Creates and opens the file of a name of three characters; gives its descriptor, or 1000 and the error number. */
function create(number: i32): i32 {
  store<u8>(room, 97 + number / 676 % 26); store<u8>(room + 1, 97 + number / 26 % 26); store<u8>(room + 2, 97 + number % 26)
  const code = path_open(3, 0, room, 3, 1, -1, -1, 0, out)
  return code ? 1000 + code : load<i32>(out)
}
function time(id: i32): u64 { clock_time_get(id, 1, out); return load<u64>(out) }
function sleep(nanoseconds: u64): void {
  memory.fill(room, 0, 48)
  store<u32>(room + 16, 1)
  store<u64>(room + 24, nanoseconds)
  poll_oneoff(room, room + 64, 1, out)
}
/** Ends the program well when its argument is the number. */
function leaveAt(turn: i32, last: i32): void { if (turn == last) { send(1, room, 1); proc_exit(0) } }

export function _start(): void {
  args_get(room, room + 64)
  const mode = load<u8>(load<u32>(room + 4))
  if (mode == 99) { // c: how many Collatz steps the number of the input takes
    store<u32>(iovec, <u32>room); store<u32>(iovec + 4, 4)
    fd_read(0, iovec, 1, out)
    let n = <u64>load<u32>(room), steps: u32 = 0
    while (n != 1) { n = n & 1 ? 3 * n + 1 : n >> 1; steps += 1 }
    store<u32>(room, steps)
    send(1, room, 4)
  } else if (mode == 101) { // e: errors without end
    while (true) send(2, room, 4096)
  } else if (mode == 111) { // o: output without end
    while (true) send(1, room, 4096)
  } else if (mode == 102) { // f: files without end
    let number = 0, code = 0
    while (code < 1000) { code = create(number++); if (code < 1000) fd_close(code) }
    say(number); say(code)
  } else if (mode == 100) { // d: descriptors without end
    let code = 0
    while (code < 1024) code = create(0)
    say(code)
  } else if (mode == 115) { // s: far away in a file
    const fd = create(0)
    say(fd_seek(fd, 1 << 60, 0, out)); say(fd_seek(fd, 1 << 40, 0, out)); say(send(fd, room, 4))
    say(fd_seek(fd, -1, 0, out)); say(send(fd, 0, 0xffffffff))
  } else if (mode == 116) { // t: what time it is, and random numbers
    say(time(0)); say(time(1)); sleep(3600000000000); say(time(1))
    random_get(room, 8); say(load<u64>(room))
  } else if (mode == 120 || mode == 119) { // x: a failure that it reports; w: words, and then a trap
    store<u32>(room, 0x0a646162)
    send(2, room, 4)
    if (mode == 119) unreachable()
    proc_exit(3)
  } else if (mode == 108) { // l: leaves well in turn 15 of a loop of two thousand million
    let sum = 0
    for (let turn = 0; turn < 2000000000; turn++) { sum += turn; leaveAt(turn, 15); store<i32>(room, sum) }
    say(sum)
  } else if (mode == 112) { // p: a pointer outside the memory
    say(random_get(0x7fffffff, 64))
  }
}
`
