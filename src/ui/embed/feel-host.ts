/**
 * Asks the loader to tell when the page around the frame stutters, until what it gives is called. The origin of that page is not
 * known, and need not be: a page that says so wrongly only gets less work out of its visitors.
 */
export function feelHost(onLate: () => void): () => void {
  const host = window.parent
  const hear = ({ source, data }: MessageEvent): void => {
    if (source === host && data?.weft === 'late') onLate()
  }
  const ask = (isOn: boolean): void => host.postMessage({ weft: 'feel', isOn }, '*')
  window.addEventListener('message', hear)
  ask(true)
  return () => {
    window.removeEventListener('message', hear)
    ask(false)
  }
}
