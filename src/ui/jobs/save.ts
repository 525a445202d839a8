/** Gives bytes to the visitor as a file. */
export function saveFile(name: string, parts: Uint8Array<ArrayBuffer> | string): void {
  const url = URL.createObjectURL(new Blob([parts], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
