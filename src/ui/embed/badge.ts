import { askSize } from './ask-size.ts'
import { text } from './strings.ts'

/** Opens what follows the badge; `onclose` brings the badge back. */
export type Open = (onclose: () => void) => Promise<void>

/** Shows the badge: one button that opens nothing, asks nobody and keeps nothing before it is pressed. */
export function drawBadge(target: Element, open: Open): void {
  const button = document.createElement('button')
  const words = document.createElement('span')
  const more = document.createElement('small')
  const glyph = document.createElement('i')
  glyph.ariaHidden = 'true'
  button.type = 'button'
  button.className = 'badge'
  button.dataset.testid = 'badge'
  more.className = 'quiet'
  more.textContent = text('badge.more')
  words.append(text('badge'), more)
  button.append(glyph, words)
  button.addEventListener('click', async () => {
    button.disabled = true
    more.textContent = text('starting')
    try {
      await open(() => drawBadge(target, open))
      button.remove()
    } catch (error) {
      button.disabled = false
      more.textContent = text('failed', { why: String(error) })
    }
  })
  target.append(button)
  askSize('badge')
}
