import { feel } from './feel.ts'

/**
 * The script that a site includes: it makes one frame with the badge, and lets that frame choose its size.
 * `<script async src="https://…/embed/v1.js" data-payto="0x…"></script>`
 */
;(() => {
  const MARK = 'data-weft-frame'
  const script = document.currentScript ?? document.querySelector('script[data-payto][src*="/embed/v1.js"]')
  if (!(script instanceof HTMLScriptElement)) return
  const payto = script.getAttribute('data-payto') || ''
  if (!/^0x[0-9a-fA-F]{40}$/.test(payto)) {
    console.error(
      `Weft: no badge, because data-payto is not an address (0x and 40 hexadecimal digits): "${payto}"`,
    )
    return
  }
  const origin = new URL(script.src).origin
  const hash = ['payto', 'theme', 'lang']
    .map((name) => `${name}=${encodeURIComponent(script.getAttribute(`data-${name}`) || '')}`)
    .join('&')

  function resize(frame: HTMLIFrameElement, width: number, height: number): void {
    frame.style.width = `${width}px`
    frame.style.height = `${height}px`
    frame.style.display = width > 0 && height > 0 ? 'block' : 'none'
  }

  function show(): void {
    if (document.querySelector(`iframe[${MARK}]`)) return
    const frame = document.createElement('iframe')
    frame.setAttribute(MARK, '')
    frame.src = `${origin}/embed.html#${hash}`
    frame.title = 'Weft: support this site with computing time'
    const style = frame.style
    style.position = 'fixed'
    style.right = style.bottom = '16px'
    style.zIndex = '2147483000'
    style.maxWidth = 'calc(100vw - 32px)'
    style.maxHeight = 'calc(100vh - 32px)'
    style.border = '0'
    style.borderRadius = '8px'
    style.boxShadow = '0 6px 28px -6px rgba(0,0,0,.45)'
    style.colorScheme = 'normal'
    resize(frame, 232, 60)
    let turns = 0
    window.addEventListener('message', (event: MessageEvent) => {
      if (event.origin !== origin || event.source !== frame.contentWindow) return
      const { weft, width, height, isOn } = event.data || {}
      if (weft === 'feel') {
        // While it works the frame is told when this page stutters, so that it does less. It learns nothing else of the page.
        const turn = ++turns
        const isWanted = (): boolean => turn === turns && frame.isConnected
        if (isOn === true) feel(isWanted, () => frame.contentWindow?.postMessage({ weft: 'late' }, origin))
        return
      }
      if (weft !== 'fit' || !(width >= 0 && width <= 420) || !(height >= 0 && height <= 720)) return
      resize(frame, width, height)
    })
    document.body.appendChild(frame)
  }

  if (document.body) show()
  else document.addEventListener('DOMContentLoaded', show)
})()
