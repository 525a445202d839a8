/**
 * Runs `task` in a later turn of the event loop, as soon as that may be. Unlike `setTimeout` it is not slowed down in a
 * tab in the background, and unlike a microtask it waits until a reader's loop has gone through all that has arrived.
 */
export const defer: (task: () => void) => void =
  typeof setImmediate === 'function' ? (task) => void setImmediate(task) : overChannel()

function overChannel(): (task: () => void) => void {
  const { port1, port2 } = new MessageChannel()
  const tasks: (() => void)[] = []
  port1.onmessage = () => tasks.shift()?.()
  return (task) => {
    tasks.push(task)
    port2.postMessage(0)
  }
}
