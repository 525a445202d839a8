import type { Choice } from '../consent/choice.ts'
import { loadNetwork } from '../network.ts'
import { Contribution, type Opened } from './contribution.svelte.ts'

/** Where the sandbox goes, and whether this is the frame on another site. */
export type Spot = { readonly container: HTMLElement; readonly isEmbed: boolean }

/** Fetches the engine and begins to contribute. Called only after the visitor agreed. */
export function begin(choice: Choice, spot: Spot): Contribution {
  const contribution = new Contribution((chosen, signal) => openProvider(chosen, spot, signal))
  void contribution.start(choice)
  return contribution
}

async function openProvider({ payee }: Choice, spot: Spot, signal: AbortSignal): Promise<Opened> {
  const [network, { startTabProvider }] = await Promise.all([
    loadNetwork(signal),
    import('../../provider/start-tab.ts'),
  ])
  const options = { network, ...spot, ...(payee === undefined ? {} : { payee }) }
  return { network, provider: await startTabProvider(options, signal) }
}
