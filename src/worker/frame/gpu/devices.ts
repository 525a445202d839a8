import { Failure } from '../../../protocol/failure.ts'
import type { Requires } from '../../../protocol/manifest/wgsl/requires.ts'
import type { Device } from './gpu-device.ts'
import { openDevice } from './gpu-device.ts'

/** A device that a kernel uses until it calls `release`. */
export type Lent = { readonly device: Device; release(): void }
type Open = { readonly device: Promise<Device>; users: number }

/** The devices of a GPU worker: the first for kernels that require nothing, and one for each set of requirements while a kernel uses it. */
export class Devices {
  readonly #first: Device
  readonly #lost: (message: string) => void
  readonly #open = new Map<string, Open>()

  /** `lost` is told when a device that is in use goes away. */
  constructor(first: Device, lost: (message: string) => void) {
    this.#first = first
    this.#lost = lost
    this.#watch(first, () => true)
  }

  /** The device for a program. Throws as `openDevice` does. */
  async lend(requires: Requires | undefined): Promise<Lent> {
    if (requires === undefined) return { device: this.#first, release: () => undefined }
    const key = JSON.stringify(requires)
    const open = this.#open.get(key) ?? this.#add(key, requires)
    open.users += 1
    const release = (): void => {
      open.users -= 1
      if (open.users > 0) return
      this.#open.delete(key)
      void open.device.then(({ gpu }) => gpu.destroy()).catch(() => undefined)
    }
    try {
      return { device: await open.device, release }
    } catch (error) {
      release()
      throw error
    }
  }

  /** Gives all devices back. */
  close(): void {
    this.#first.gpu.destroy()
    for (const { device } of this.#open.values())
      void device.then(({ gpu }) => gpu.destroy()).catch(() => undefined)
  }

  #add(key: string, requires: Requires): Open {
    const device = openDevice(requires).then((opened) => {
      if (opened === undefined) throw new Failure('device-lost', 'The browser gives no GPU device')
      return opened.device
    })
    const open = { device, users: 0 }
    this.#open.set(key, open)
    void device.then((found) => this.#watch(found, () => this.#open.get(key) === open)).catch(() => undefined)
    return open
  }

  #watch({ gpu }: Device, isUsed: () => boolean): void {
    void gpu.lost.then(({ message }) => {
      if (isUsed()) this.#lost(message || 'the GPU device was lost')
    })
  }
}
