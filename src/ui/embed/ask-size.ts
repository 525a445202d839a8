const sizes = { nothing: [0, 0], badge: [232, 60], consent: [384, 700], working: [304, 164] } as const

/** Asks the loader to give the frame room for what it shows. This and `feelHost` are all that the page around it is ever told. */
export function askSize(shown: keyof typeof sizes): void {
  const [width, height] = sizes[shown]
  if (window.parent !== window) window.parent.postMessage({ weft: 'fit', width, height }, '*')
}
