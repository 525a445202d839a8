/** Tells what a command does: sentences for a person, or one JSON object a line for a program. */
export type Reporter = {
  readonly line: (text: string) => void
  /** Something a program may wait for; a person gets a line of its own beside it. */
  readonly event: (name: string, fields: Readonly<Record<string, unknown>>) => void
}

/** Makes a reporter that writes to stdout. */
export function makeReporter(isJson: boolean): Reporter {
  const write = (text: string) => void process.stdout.write(`${text}\n`)
  if (!isJson) return { line: write, event: () => undefined }
  const event = (name: string, fields: Readonly<Record<string, unknown>>) =>
    write(JSON.stringify({ event: name, ...fields }))
  return { line: (text) => event('line', { text }), event }
}
