import type { Failure } from '../protocol/failure.ts'
import type { LanePorts } from './lane.ts'
import { Lane } from './lane.ts'
import type { Kernel, Task, TaskResult } from './task.ts'
import { cancelled } from './worker-link.ts'

type Waiting = { readonly task: Task; readonly resolve: (result: TaskResult) => void }

/** Lanes of one kind, and the tasks that wait for one. */
export class Pool {
  readonly #ports: LanePorts
  #lanes: Lane[] = []
  #size: number
  #queue: Waiting[] = []

  constructor(size: number, ports: LanePorts) {
    this.#size = size
    this.#ports = ports
  }

  /** Runs a task on the lane that suits it best, as soon as one is idle. Never rejects. */
  async submit(task: Task): Promise<TaskResult> {
    if (task.signal.aborted) return stopped(task)
    return await new Promise<TaskResult>((resolve) => {
      const waiting = { task, resolve }
      this.#queue.push(waiting)
      task.signal.addEventListener('abort', () => this.#withdraw(waiting), { once: true })
      this.#assign()
    })
  }

  /** Changes the number of lanes. A lane too many finishes its task first; with none, tasks wait. */
  resize(size: number): void {
    this.#size = size
    this.#assign()
  }

  /** Forgets a kernel in all lanes. */
  unload(kernel: Kernel): void {
    for (const lane of this.#lanes) lane.unload(kernel)
  }

  /** Ends all workers. Tasks in flight get `failure`, and are tried again if the pool still has lanes. */
  end(failure?: Failure): void {
    for (const lane of this.#lanes) lane.end(failure)
  }

  #assign(): void {
    this.#shrink()
    for (const waiting of [...this.#queue]) {
      const lane = this.#bestLane(waiting.task.kernel)
      if (lane === undefined) return
      this.#queue = this.#queue.filter((entry) => entry !== waiting)
      void lane.run(waiting.task).then((result) => {
        waiting.resolve(result)
        this.#assign()
      })
    }
  }

  #bestLane(kernel: Kernel): Lane | undefined {
    const idle = this.#lanes.filter((lane) => !lane.isBusy).sort((a, b) => b.suits(kernel) - a.suits(kernel))
    const [best] = idle
    if (this.#lanes.length >= this.#size || (best !== undefined && best.suits(kernel) > 0)) return best
    const fresh = new Lane(this.#ports)
    this.#lanes.push(fresh)
    return fresh
  }

  #shrink(): void {
    while (this.#lanes.length > this.#size) {
      const idle = this.#lanes.find((lane) => !lane.isBusy)
      if (idle === undefined) return
      idle.end()
      this.#lanes = this.#lanes.filter((lane) => lane !== idle)
    }
  }

  #withdraw(waiting: Waiting): void {
    if (!this.#queue.includes(waiting)) return
    this.#queue = this.#queue.filter((entry) => entry !== waiting)
    waiting.resolve(stopped(waiting.task))
  }
}

function stopped({ units }: Task): TaskResult {
  const failure = cancelled()
  if (units.length === 0) return { kind: 'refused', failure }
  return { kind: 'ran', runs: units.map((unit) => ({ kind: 'failed', unit, failure })) }
}
