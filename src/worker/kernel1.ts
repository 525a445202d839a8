/** One unit for a metered module. `fuelExport` and `markExport` are the names that metering gave to its globals. */
export type Kernel1Call = {
  readonly module: WebAssembly.Module
  readonly input: Uint8Array
  readonly outputBytes: number
  readonly fuel: number
  readonly fuelExport: string
  readonly markExport: string
}

/** What one call came to. Plain values, because it crosses between threads. */
export type Kernel1Outcome =
  | { readonly kind: 'done'; readonly output: Uint8Array<ArrayBuffer>; readonly fuel: number }
  | {
      readonly kind: 'failed'
      readonly code: 'fuel' | 'memory' | 'oversized' | 'trap'
      readonly message: string
    }

/**
 * Runs one unit in an instance of its own, so that the output and the fuel depend on the unit alone. It refers to nothing
 * outside itself: Node's thread is started from its text.
 */
export function callKernel1(call: Kernel1Call): Kernel1Outcome {
  const failed = (code: 'fuel' | 'memory' | 'oversized' | 'trap', message: string): Kernel1Outcome => {
    return { kind: 'failed', code, message }
  }
  let values: Record<string, unknown> = {}
  const globalValue = (name: string): number =>
    Number((values[name] as WebAssembly.Global | undefined)?.value ?? 0)
  try {
    const abort = (): never => {
      throw new Error('the kernel called abort')
    }
    values = new WebAssembly.Instance(call.module, { env: { abort } }).exports
    const memory = values.memory as WebAssembly.Memory
    const alloc = values.alloc as (size: number) => number
    const run = values.run as (pointer: number, size: number) => bigint
    const size = call.input.length
    const pointer = alloc(size) >>> 0
    if (pointer + size > memory.buffer.byteLength)
      return failed('trap', `alloc(${size}) gave address ${pointer}, outside the memory`)
    new Uint8Array(memory.buffer).set(call.input, pointer)
    const packed = run(pointer, size)
    const start = Number(BigInt.asUintN(32, packed >> 32n))
    const length = Number(BigInt.asUintN(32, packed))
    const left = globalValue(call.fuelExport)
    if (left < 0) return failed('fuel', `the unit used up its ${call.fuel} instructions`)
    if (length > call.outputBytes)
      return failed('oversized', `the output has ${length} bytes, more than the limit of ${call.outputBytes}`)
    if (start + length > memory.buffer.byteLength)
      return failed('trap', `run gave an output at ${start} of ${length} bytes, outside the memory`)
    return {
      kind: 'done',
      output: new Uint8Array(memory.buffer.slice(start, start + length)),
      fuel: call.fuel - left,
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const mark = globalValue(call.markExport)
    if (globalValue(call.fuelExport) < 0)
      return failed('fuel', `the unit used up its ${call.fuel} instructions`)
    if (mark === 2) return failed('memory', 'this machine could not give the memory that the kernel may use')
    if (mark === 1)
      return failed('memory', `the kernel asked for more memory than its limit and failed: ${message}`)
    if (error instanceof RangeError && message.includes('memory'))
      return failed('memory', `this machine could not give the memory of the kernel: ${message}`)
    return failed('trap', `the kernel failed: ${message}`)
  }
}
