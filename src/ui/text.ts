/** What may stand for a `{name}` in a text. */
export type Values = Readonly<Record<string, string | number>>

/** Makes the function that gives the text of a key, with each `{name}` replaced by its value. */
export function texts<K extends string>(messages: Readonly<Record<K, string>>) {
  return (key: K, values: Values = {}): string =>
    messages[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
