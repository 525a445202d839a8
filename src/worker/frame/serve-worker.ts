/** Gives the first port that this worker gets to `serve`. A later call takes the place of an earlier; in a document it does nothing. */
export function serveWorker(serve: (port: MessagePort) => unknown): void {
  if (typeof document !== 'undefined') return
  self.onmessage = ({ ports: [port] }: MessageEvent) => {
    if (port === undefined) return
    self.onmessage = null
    serve(port)
  }
}
