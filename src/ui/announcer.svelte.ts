/** What a screen reader is told of numbers that move: the newest sentence, at most every `everyMs`. */
export class Announcer {
  sentence = $state('')
  #newest = ''
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #everyMs: number

  constructor(everyMs = 5000) {
    this.#everyMs = everyMs
  }

  say(sentence: string): void {
    this.#newest = sentence
    if (this.#timer !== undefined || sentence === this.sentence) return
    this.sentence = sentence
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.say(this.#newest)
    }, this.#everyMs)
  }
}
