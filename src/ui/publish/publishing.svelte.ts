import type { Network } from '../../protocol/network.ts'
import type { Publisher, PublisherState } from '../../publisher/state.ts'

/** The publisher of this tab, as the pages Jobs and Publish see it. */
export class Publishing {
  view = $state.raw<PublisherState>()
  /** Whether closing the tab would stop a job. */
  readonly isBusy = $derived(
    this.view?.jobs.some((job) => ['opening', 'running', 'settling', 'closing'].includes(job.phase)) ?? false,
  )
  readonly network: Network
  readonly publisher: Publisher

  constructor(network: Network, publisher: Publisher) {
    this.network = network
    this.publisher = publisher
    publisher.subscribe((view) => {
      this.view = view
    })
  }
}
