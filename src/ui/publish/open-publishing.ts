import { loadNetwork } from '../network.ts'
import { Publishing } from './publishing.svelte.ts'

/** Fetches the publisher's engine and opens it; its jobs go on until the tab closes. What a failed start began is ended. */
export async function openPublishing(container: HTMLElement): Promise<Publishing> {
  const life = new AbortController()
  try {
    const [network, { startTabPublisher }] = await Promise.all([
      loadNetwork(life.signal),
      import('../../publisher/start-tab.ts'),
    ])
    const publishing = new Publishing(network, await startTabPublisher({ network, container }, life.signal))
    window.addEventListener('beforeunload', (event) => {
      if (publishing.isBusy) event.preventDefault()
    })
    window.addEventListener('pagehide', () => life.abort()) // providers learn at once that it is gone
    return publishing
  } catch (error) {
    life.abort()
    throw error
  }
}
