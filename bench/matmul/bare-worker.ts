import { meterWasm } from '../../src/worker/meter/meter-wasm.ts'

/** What the worker of the bare side is given once: the module, and the two matrices. */
export type BareTask = {
  readonly code: Uint8Array<ArrayBuffer>
  readonly fuel: number
  readonly memoryPages: number
  readonly inputs: readonly Uint8Array[]
}
type Kernel = {
  readonly memory: WebAssembly.Memory
  alloc(size: number): number
  run(pointer: number, size: number): bigint
}

/** The least that any way to run the module must do: an instance, the input, the run, the output; then the last product goes back. */
let multiply: (() => ArrayBuffer) | undefined

addEventListener('message', ({ data }: MessageEvent<BareTask | number>) => {
  if (typeof data !== 'number') {
    multiply = prepare(data)
    return
  }
  let product = new ArrayBuffer(0)
  for (let count = 0; count < data; count += 1) product = multiply?.() ?? product
  self.postMessage(product, { transfer: [product] })
})

function prepare({ code, fuel, memoryPages, inputs }: BareTask): () => ArrayBuffer {
  const module = new WebAssembly.Module(meterWasm(code, { fuel, memoryPages }))
  const side = Math.sqrt((inputs[0]?.length ?? 0) / 4)
  const parts = [new Uint8Array(Uint32Array.of(side, side, side, 0).buffer), ...inputs]
  const size = parts.reduce((sum, { length }) => sum + length, 0)
  return () => {
    const instance = new WebAssembly.Instance(module, { env: { abort: () => undefined } })
    const kernel = instance.exports as unknown as Kernel
    const pointer = kernel.alloc(size)
    const memory = new Uint8Array(kernel.memory.buffer)
    let at = pointer
    for (const part of parts) {
      memory.set(part, at)
      at += part.length
    }
    const packed = kernel.run(pointer, size)
    const start = Number(packed >> 32n)
    return kernel.memory.buffer.slice(start, start + Number(packed & 0xffffffffn)) as ArrayBuffer
  }
}
