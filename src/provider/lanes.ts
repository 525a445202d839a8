import { Bell } from '../p2p/bell.ts'
import type { ExecutorKind } from '../protocol/work/hello.ts'
import type { Decision } from './governor/decide.ts'
import type { Lane } from './provide.ts'

/** Two frames at a time keep a GPU busy; one, where it must rest in between. */
const GPU_LANES = 2

/** All lanes that a tab can ever have, one for each CPU worker and those of the GPU. */
export function makeLanes(maxCpuWorkers: number): Lane[] {
  const lanes = (executor: ExecutorKind, count: number): Lane[] =>
    Array.from({ length: count }, (_, index) => ({
      name: `${executor} ${index}`,
      index,
      executor,
      bell: new Bell(),
    }))
  return [...lanes('wasm', maxCpuWorkers), ...lanes('wgsl', GPU_LANES)]
}

/** How many lanes of an executor may run by a decision of the governor. */
export function lanesAllowed(executor: ExecutorKind | undefined, { workers, gpuDuty }: Decision): number {
  if (executor !== 'wgsl') return workers
  return gpuDuty < 1 ? 1 : GPU_LANES
}
