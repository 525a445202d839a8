import { loadNetwork } from '../network.ts'
import { Publishing } from './publishing.svelte.ts'

/** Fetches the publisher's engine and opens it; its jobs go on until the tab closes. */
export async function openPublishing(container: HTMLElement): Promise<Publishing> {
  const { signal } = new AbortController()
  const [network, { startTabPublisher }] = await Promise.all([
    loadNetwork(signal),
    import('../../publisher/start-tab.ts'),
  ])
  const publishing = new Publishing(network, await startTabPublisher({ network, container }, signal))
  window.addEventListener('beforeunload', (event) => {
    if (publishing.isBusy) event.preventDefault()
  })
  return publishing
}
