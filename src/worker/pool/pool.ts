import type { LanePorts, LaneView } from './lane.ts'
import { Lane } from './lane.ts'
import type { Cell, Kernel, Task, TaskResult } from './task.ts'
import { notRun } from './task.ts'
import type { Claim } from './turns.ts'
import { Turns } from './turns.ts'
import { cancelled } from './worker-link.ts'

type Waiting = { readonly task: Task; readonly resolve: (result: TaskResult) => void }

/** So many idle workers are kept beyond those that may run: cells take turns without waiting for a new worker each time. */
const WARM = 2

/** Lanes of one kind, and the tasks that wait for one. */
export class Pool {
  readonly #ports: LanePorts
  /** The one used last comes last. */
  #lanes: Lane[] = []
  #size: number
  #queue: Waiting[] = []
  readonly #turns = new Turns()

  /** `size` is how many tasks may run at a time. */
  constructor(size: number, ports: LanePorts) {
    this.#size = size
    this.#ports = ports
  }

  /** Runs a task on the lane that suits it best, as soon as one may run and its turn has come. Never rejects. */
  async submit(task: Task): Promise<TaskResult> {
    if (task.signal.aborted) return notRun(task, cancelled())
    return await new Promise<TaskResult>((resolve) => {
      const withdraw = (): void => this.#withdraw(waiting)
      const waiting: Waiting = {
        task,
        resolve: (result) => {
          task.signal.removeEventListener('abort', withdraw)
          resolve(result)
        },
      }
      this.#queue.push(waiting)
      task.signal.addEventListener('abort', withdraw, { once: true })
      this.#assign()
    })
  }

  /** Changes how many tasks may run at a time. One too many finishes first; with none, tasks wait and no worker is kept. */
  resize(size: number): void {
    this.#size = size
    this.#assign()
  }

  /** Forgets a kernel in all lanes. */
  unload(kernel: Kernel): void {
    for (const lane of this.#lanes) lane.unload(kernel)
  }

  /** Ends the workers of a cell. */
  clear(cell: Cell): void {
    for (const lane of this.#lanes) if (lane.cell === cell.name) lane.end()
  }

  /** The workers that there are. */
  show(): LaneView[] {
    return this.#lanes.flatMap((lane) => lane.show() ?? [])
  }

  #assign(): void {
    this.#shrink()
    for (;;) {
      const [waiting] = this.#turns.sort(this.#queue, claimOf)
      const lane = waiting && this.#bestLane(waiting.task.kernel)
      if (waiting === undefined || lane === undefined) return
      this.#queue = this.#queue.filter((entry) => entry !== waiting)
      this.#lanes = [...this.#lanes.filter((entry) => entry !== lane), lane]
      const end = this.#turns.begin(claimOf(waiting))
      void lane.run(waiting.task).then((result) => {
        end()
        waiting.resolve(result)
        this.#assign()
      })
    }
  }

  #bestLane(kernel: Kernel): Lane | undefined {
    const idle = this.#lanes.filter((lane) => !lane.isBusy)
    if (this.#lanes.length - idle.length >= this.#size) return undefined
    const [best] = idle.toSorted((a, b) => b.suits(kernel) - a.suits(kernel))
    if (best !== undefined && best.suits(kernel) > 0) return best
    return this.#lanes.length < this.#size + WARM ? new Lane(this.#ports) : idle[0]
  }

  /** Lets go of idle lanes that are too many: no cell needs more than may run, and the longest unused go first. */
  #shrink(): void {
    const most = this.#size === 0 ? 0 : this.#size + WARM
    for (const lane of [...this.#lanes]) {
      if (lane.isBusy) continue
      const same = this.#lanes.filter(({ cell }) => cell === lane.cell)
      if (this.#lanes.length <= most && same.length <= this.#size) continue
      lane.end()
      this.#lanes = this.#lanes.filter((entry) => entry !== lane)
    }
  }

  #withdraw(waiting: Waiting): void {
    if (!this.#queue.includes(waiting)) return
    this.#queue = this.#queue.filter((entry) => entry !== waiting)
    waiting.resolve(notRun(waiting.task, cancelled()))
  }
}

function claimOf({ task: { kernel } }: Waiting): Claim {
  return { owner: kernel.owner, job: `${kernel.id}` }
}
