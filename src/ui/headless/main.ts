import { readAddress } from '../../protocol/address.ts'
import { reason } from '../../protocol/failure.ts'
import type { HeadlessWish } from '../../provider/headless.ts'
import { headlessReport } from '../../provider/headless.ts'
import { startTabProvider } from '../../provider/start-tab.ts'
import { loadNetwork } from '../network.ts'

/** What `weft provide` puts into the page: where its reports go. */
type Host = { weftReport?: (report: unknown) => void }

const end = new AbortController()

/** Starts the provider of this page and reports to the command until it stops. Throws with the cause for a person. */
async function start({ payee, settings }: HeadlessWish): Promise<void> {
  try {
    const network = await loadNetwork(end.signal)
    const whom = payee === undefined ? {} : { payee: readAddress(payee, 'payee') }
    const options = { network, container: document.body, isEmbed: false, ...whom }
    const provider = await startTabProvider(options, end.signal)
    await provider.change(settings)
    provider.subscribe((state) => (globalThis as Host).weftReport?.(headlessReport(state)))
  } catch (error) {
    throw new Error(reason(error))
  }
}

/** The command calls these; a visitor who opens the page starts nothing. */
Object.assign(globalThis, { weftStart: start, weftStop: () => end.abort() })
