import { Failure } from '../../../protocol/failure.ts'

const SCOPES = ['validation', 'out-of-memory', 'internal'] as const

/** Does `act` inside error scopes, because WebGPU reports nothing by itself. Throws `memory`, or `code` for all else. */
export async function catchErrors<T>(gpu: GPUDevice, code: 'compile' | 'trap', act: () => T): Promise<T> {
  for (const scope of SCOPES) gpu.pushErrorScope(scope)
  let result: T
  let errors: Promise<GPUError | null>[]
  try {
    result = act()
  } finally {
    errors = SCOPES.map(() => gpu.popErrorScope())
  }
  for (const error of await Promise.all(errors)) {
    if (error instanceof GPUOutOfMemoryError)
      throw new Failure('memory', `the GPU could not give the memory of the kernel: ${error.message}`)
    if (error !== null) throw new Failure(code, `the GPU refused the kernel: ${error.message}`)
  }
  return result
}
