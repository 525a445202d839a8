import { readPayee } from '../consent/choice.ts'
import '../styles/tokens.css'
import './badge.css'
import { askSize } from './ask-size.ts'
import { drawBadge } from './badge.ts'
import { parseParams } from './params.ts'

/** The badge is plain, so that a site's visitors load little; all else is fetched when somebody presses it. */
const params = parseParams(location.hash)
document.documentElement.dataset.theme = params.theme
document.documentElement.lang = params.lang

readPayee(params.payto).then(
  (payee) => {
    const target = document.querySelector('#app') ?? document.body
    drawBadge(target, async (onclose) => {
      const { openPanel } = await import('./open-panel.ts')
      return openPanel({ target, payee, onclose })
    })
  },
  (error: unknown) => {
    console.error('Weft: no badge is shown.', error)
    askSize('nothing')
  },
)
