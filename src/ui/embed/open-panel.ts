import { mount, unmount } from 'svelte'
import type { Address } from '../../protocol/address.ts'
import Panel from './Panel.svelte'

type Panels = { readonly target: Element; readonly payee: Address; readonly onclose: () => void }

/** Shows the consent in place of the badge, and after it the work, until the visitor declines or stops. */
export async function openPanel({ target, payee, onclose }: Panels): Promise<void> {
  const close = (): void => {
    void unmount(panel)
    onclose()
  }
  const panel = mount(Panel, { target, props: { payee, onclose: close } })
}
